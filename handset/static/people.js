// The list of phones at the left: whose it is, the last text, and whether it was read.

import {byId, element} from "./elements.js";
import {initials, nameOf, readable, time, word} from "./words.js";

const HUES = 6;

export function avatarOf(person) {
  const hue = [...person.number].reduce((sum, digit) => sum + Number(digit) || 0, 0) % HUES;
  return element("span", {class: `avatar hue-${hue}`, "aria-hidden": "true"}, initials(person));
}

export function showPeople(people, chosen, onChoose) {
  const items = people.map((person) => {
    const button = buttonOf(person, person.number === chosen);
    button.addEventListener("click", () => onChoose(person));
    return element("li", {}, button);
  });
  const focused = document.activeElement?.dataset.number;
  byId("people").replaceChildren(...items);
  if (focused) document.querySelector(`[data-number="${focused}"]`)?.focus();
}

function buttonOf(person, chosen) {
  const {last} = person;
  const button = element("button", {type: "button", "data-number": person.number});
  if (chosen) button.setAttribute("aria-current", "true");
  const moment = last ? element("time", {datetime: last.created}, time(new Date(last.created))) : "";
  button.append(
    avatarOf(person),
    element("span", {class: "name"}, nameOf(person)),
    element("span", {class: "moment"}, moment),
    element("span", {class: "preview"}, last ? last.body : readable(person.number)),
  );
  if (person.unread) button.append(element("span", {class: "unread", role: "img", "aria-label": word("unread")}));
  return button;
}
