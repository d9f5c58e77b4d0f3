// The conversation: one bubble for each text, changed in place as its status climbs.

import {byId, element} from "./elements.js";
import {day, time, word} from "./words.js";

const LINK = /https?:\/\/[^\s<>「」『』（）、。！？]+/g;
const NEAR_THE_END_PX = 80;
const log = byId("log");
let atTheEnd = true;

// Who reads at the end stays there when a text arrives or the field below grows.
log.addEventListener("scroll", () => {
  atTheEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_THE_END_PX;
});
new ResizeObserver(() => atTheEnd && toTheEnd()).observe(log);

function toTheEnd() {
  log.scrollTop = log.scrollHeight;
}

// Nobody's texts stand under another person's name while theirs are on the way.
export function clearConversation() {
  log.setAttribute("aria-busy", "true");
  log.replaceChildren();
}

export function showConversation(messages, onRetry) {
  log.removeAttribute("aria-busy");
  log.replaceChildren();
  if (messages.length === 0) log.append(element("p", {class: "empty"}, word("empty")));
  for (const message of messages) showMessage(message, onRetry);
  toTheEnd();
}

export function showMessage(message, onRetry) {
  const stay = atTheEnd || message.direction === "inbound";
  const shown = byId(message.sid);
  if (!shown) append(message, onRetry);
  else if (Number(shown.dataset.revision) <= message.revision) update(shown, message, onRetry);
  if (stay) toTheEnd();
}

function append(message, onRetry) {
  log.querySelector(".empty")?.remove();
  showDay(new Date(message.created));
  log.append(bubbleOf(message, onRetry));
}

function showDay(moment) {
  const label = day(moment);
  const shown = [...log.querySelectorAll(".day")].at(-1);
  if (shown?.textContent !== label) log.append(element("p", {class: "day"}, label));
}

function bubbleOf(message, onRetry) {
  const side = message.direction === "inbound" ? "mine" : "theirs";
  const article = element("article", {id: message.sid, class: `message ${side}`});
  article.append(element("p", {class: "bubble", dir: "auto"}, ...linked(message.body)), element("div"));
  update(article, message, onRetry);
  return article;
}

function update(article, message, onRetry) {
  article.dataset.revision = message.revision;
  article.dataset.tick = message.tick;
  // A screen reader reads a text once, and not again for every step of its delivery.
  const foot = element("div", {class: "foot", "aria-live": "off"}, about(message));
  if (article.matches(".mine") && message.tick === "failed") foot.append(retryButton(message, onRetry));
  article.lastElementChild.replaceWith(foot);
}

function linked(text) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(LINK)) {
    const url = found[0].replace(/[.,;:!?)\]]+$/, "");
    parts.push(text.slice(end, found.index), linkTo(url));
    end = found.index + url.length;
  }
  return [...parts, text.slice(end)];
}

function linkTo(url) {
  return element("a", {href: url, target: "_blank", rel: "noopener noreferrer"}, url);
}

function about(message) {
  const price = message.segments ? [message.encoding, word("segments", {n: message.segments})] : [];
  const cost = [word("characters", {n: message.characters}), ...price].join(" · ");
  const code = message.tick === "failed" && message.error_code ? ` ${message.error_code}` : "";
  return element(
    "p",
    {class: "about"},
    element("time", {datetime: message.created}, time(new Date(message.created))),
    element("span", {class: "tick", role: "img", "aria-label": word(message.tick), title: word(message.tick)}),
    element("span", {class: "code"}, code),
    element("span", {class: "cost"}, cost),
  );
}

function retryButton(message, onRetry) {
  const button = element("button", {type: "button", class: "again"}, word("again"));
  button.addEventListener("click", () => onRetry(message));
  return button;
}
