// The words of the page, and numbers, days and names as a person reads them.

const language = document.documentElement.lang;
const all = JSON.parse(document.body.dataset.words);
const suggestions = JSON.parse(document.body.dataset.suggestions);
const clock = new Intl.DateTimeFormat(language, {hour: "2-digit", minute: "2-digit", hourCycle: "h23"});
const calendar = new Intl.DateTimeFormat(language, {month: "long", day: "numeric", weekday: "short"});

export function word(name, values = {}) {
  return all[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

export function suggestionsFor(person) {
  const spoken = person.language ?? (person.number.startsWith("+81") ? "ja" : "en");
  return suggestions[spoken]
    .map((text) => text.replace("{code}", person.code ?? ""))
    .filter(Boolean);
}

export function time(moment) {
  return clock.format(moment);
}

export function day(moment) {
  const days = Math.round((startOfDay(new Date()) - startOfDay(moment)) / 86_400_000);
  return [word("today"), word("yesterday")][days] ?? calendar.format(moment);
}

function startOfDay(moment) {
  return new Date(moment.getFullYear(), moment.getMonth(), moment.getDate());
}

export function readable(number) {
  const japanese = number.match(/^\+81(\d{2})(\d{4})(\d{4})$/);
  if (japanese) return `0${japanese[1]}-${japanese[2]}-${japanese[3]}`;
  const american = number.match(/^\+1(\d{3})(\d{3})(\d{4})$/);
  return american ? `+1 ${american[1]}-${american[2]}-${american[3]}` : number;
}

export function nameOf(person) {
  return person.name ?? readable(person.number);
}

export function initials(person) {
  if (!person.name) return "#";
  const parts = person.name.split(/\s+/);
  return /^[A-Za-z]/.test(person.name) ? parts.map((part) => part[0]).join("").slice(0, 2) : parts[0][0];
}
