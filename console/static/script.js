// The editor of a script: placeholders are put in by a press, and taken out as a whole.
"use strict";

const PLACEHOLDER = /\{[a-z][a-z0-9_]*\}/g;

function put(field, words) {
  field.setRangeText(words, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

// The placeholder that a deletion at the cursor would break.
function broken(field, backward) {
  const at = field.selectionStart;
  for (const found of field.value.matchAll(PLACEHOLDER)) {
    const end = found.index + found[0].length;
    if (backward ? found.index < at && at <= end : found.index <= at && at < end) return [found.index, end];
  }
  return null;
}

document.addEventListener("click", (event) => {
  const { insert, into, fill, words } = event.target.closest("button")?.dataset ?? {};
  if (insert) put(document.getElementById(into), insert);
  if (fill) {
    const field = document.getElementById(fill);
    field.select();
    put(field, words);
  }
});

document.addEventListener("beforeinput", (event) => {
  const field = event.target;
  if (!field.matches("textarea[name^=text_]") || field.selectionStart !== field.selectionEnd) return;
  if (!["deleteContentBackward", "deleteContentForward"].includes(event.inputType)) return;
  const whole = broken(field, event.inputType === "deleteContentBackward");
  if (!whole) return;
  event.preventDefault();
  field.setSelectionRange(...whole);
  put(field, "");
});
