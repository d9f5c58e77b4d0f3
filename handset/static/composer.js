// Writing a text: a field that grows, what the text costs while one types, and suggestions to tap.

import {send} from "./api.js";
import {byId, element} from "./elements.js";
import {suggestionsFor, word} from "./words.js";

const PAUSE_MS = 120;
const ALONE = {"GSM-7": 160, "UCS-2": 70};
const PART = {"GSM-7": 153, "UCS-2": 67};
const form = byId("composer");
const text = byId("text");
const size = byId("size");
let pause = null;

export function prepare(onSend) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(onSend);
  });
  text.addEventListener("keydown", (event) => {
    // Enter that ends an input-method conversion must not send.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit(onSend);
  });
  text.addEventListener("input", written);
  written();
}

export function suggest(person, onSend) {
  const chips = suggestionsFor(person).map((body) => {
    const chip = element("button", {type: "button", class: "chip"}, body);
    chip.addEventListener("click", () => onSend(body));
    return chip;
  });
  byId("suggestions").replaceChildren(...chips);
}

export function focus() {
  text.focus();
}

function submit(onSend) {
  const body = text.value.trim();
  if (!body) return;
  text.value = "";
  written();
  onSend(body);
}

function written() {
  form.querySelector("button").disabled = text.value.trim() === "";
  text.style.height = "auto";
  // On a page that is not shown there is nothing to measure.
  if (text.scrollHeight) text.style.height = `${text.scrollHeight}px`;
  clearTimeout(pause);
  pause = setTimeout(measure, PAUSE_MS);
}

async function measure() {
  const body = text.value.trim();
  const measured = await send("POST", "/phone/size", {body});
  if (body === text.value.trim()) size.textContent = body ? described(measured) : "";
}

function described({characters, encoding, segments, units}) {
  const room = segments > 1 ? segments * PART[encoding] : ALONE[encoding];
  return [
    word("characters", {n: characters}),
    `${encoding} ${word("room", {used: units, room})}`,
    word("segments", {n: segments}),
  ].join(" · ");
}
