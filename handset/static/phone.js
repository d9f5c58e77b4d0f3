// The page as a whole: which phone is in the hand, what it received, and what happens meanwhile.

import {get, send} from "./api.js";
import {clearConversation, showConversation, showMessage} from "./bubbles.js";
import * as composer from "./composer.js";
import {byId, element} from "./elements.js";
import * as faults from "./faults.js";
import {follow} from "./feed.js";
import {avatarOf, showPeople} from "./people.js";
import {readable, time, word} from "./words.js";

const CLOCK_MS = 5000;
const FAULTS_PAUSE_MS = 500;
const MOST_LISTED = 20;
let people = [];
let chosen = null;
let faultsPause = null;
let frame = null;

async function start() {
  prepareNumbers();
  composer.prepare(write);
  faults.prepare();
  tellTime();
  byId("back").addEventListener("click", () => show("list"));
  ({people} = await get("/phone/people"));
  const asked = new URLSearchParams(location.search).get("number");
  await choose(known(asked ?? firstNumber()));
  if (asked) show("conversation");
  follow(Number(document.body.dataset.revision), receive, connected);
}

function firstNumber() {
  const spoken = people.find((person) => person.language === document.documentElement.lang);
  return (spoken ?? people[0])?.number ?? "+819000000001";
}

function known(number) {
  const person = people.find((each) => each.number === number);
  if (person) return person;
  const stranger = {number, name: null, language: null, code: null, last: null};
  const seeded = people.filter((each) => each.name !== null).length;
  people.splice(seeded, 0, stranger);
  return stranger;
}

async function choose(person) {
  chosen = person;
  person.unread = false;
  const owner = person.name ? word("someone", {name: person.name}) : readable(person.number);
  byId("owner").replaceChildren(element("span", {}, owner), avatarOf(person));
  clearConversation();
  showCode(person);
  listPeople();
  composer.suggest(person, write);
  faults.choose(person.number);
  const {messages} = await get("/phone/messages", {number: person.number});
  if (chosen === person) showConversation(messages, retry);
}

function showCode(person) {
  for (const place of document.querySelectorAll("[data-code]")) place.textContent = person.code ?? "";
  byId("code-strip").hidden = !person.code;
  byId("code-card").hidden = !person.code;
  byId("nobody").hidden = Boolean(person.code);
}

function listPeople() {
  // Once for each frame, however many texts arrive.
  frame ??= requestAnimationFrame(() => {
    frame = null;
    showPeople(people.slice(0, MOST_LISTED), chosen.number, open);
  });
}

async function open(person) {
  await choose(person);
  show("conversation");
  history.replaceState(null, "", `?${new URLSearchParams({number: person.number})}`);
  if (matchMedia("(pointer: fine)").matches) composer.focus();
}

function show(view) {
  document.body.dataset.view = view;
}

function write(body) {
  const sid = `SM${[...crypto.getRandomValues(new Uint8Array(16))].map(hex).join("")}`;
  deliver({sid, body, number: chosen.number});
}

function retry(message) {
  deliver(message);
}

async function deliver({sid, body, number, revision = 0}) {
  const text = {from: number, body, sid};
  const size = {characters: body.length, segments: 0};
  const created = new Date().toISOString();
  const pending = {sid, body, number, direction: "inbound", created, revision, ...size};
  receive({...pending, tick: "sending"});
  try {
    receive(await send("POST", "/phone/texts", text));
  } catch {
    receive({...pending, tick: "failed"});
  }
}

function hex(byte) {
  return byte.toString(16).padStart(2, "0");
}

function receive(message) {
  const person = known(message.number);
  if (!(message.id < person.last?.id)) person.last = message;
  if (person === chosen) showMessage(message, retry);
  else if (message.direction === "outbound-api" && message.tick === "delivered") person.unread = true;
  listPeople();
  clearTimeout(faultsPause);
  faultsPause = setTimeout(faults.refresh, FAULTS_PAUSE_MS);
}

function connected(yes) {
  const light = byId("connection");
  light.dataset.connected = yes;
  light.title = word(yes ? "connected" : "disconnected");
}

function prepareNumbers() {
  byId("company-number").textContent = readable(document.body.dataset.company);
  byId("other").addEventListener("submit", async (event) => {
    event.preventDefault();
    const field = byId("other-number");
    try {
      const {number} = await get("/phone/number", {written: field.value});
      byId("other-problem").textContent = "";
      field.value = "";
      await open(known(number));
    } catch {
      byId("other-problem").textContent = word("not_a_number");
    }
  });
}

function tellTime() {
  byId("clock").textContent = time(new Date());
  setTimeout(tellTime, CLOCK_MS);
}

start();
