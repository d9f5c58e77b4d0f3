// Canned replies: found by typing into a field beside the reply, and put where the cursor stands.
"use strict";

const canned = document.querySelector("[data-canned]");
const reply = document.getElementById("text");

// A text that begins with a frame is written within it.
const gap = reply ? reply.value.indexOf("\n\n") : -1;
if (gap >= 0) reply.setSelectionRange(gap + 1, gap + 1);

function insert(body) {
  reply.setRangeText(body, reply.selectionStart, reply.selectionEnd, "end");
  reply.dispatchEvent(new Event("input", { bubbles: true }));
  reply.focus();
}

function choose(matches) {
  const chosen = [...canned.list.options].find(matches);
  if (!chosen) return;
  canned.value = "";
  insert(chosen.dataset.body);
}

// A choice from the list; letters that are typed arrive as "insertText" and their like.
canned?.addEventListener("input", (event) => {
  if (event.inputType && event.inputType !== "insertReplacementText") return;
  choose((each) => each.value === canned.value);
});

canned?.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "Enter") choose((each) => `${each.value} ${each.dataset.body}`.includes(canned.value));
  else if (event.key === "Escape") reply.focus();
  else return;
  event.preventDefault();
});

reply?.addEventListener("keydown", (event) => {
  if (event.key !== "/" || reply.value || event.isComposing || !canned) return;
  event.preventDefault();
  canned.focus();
});
