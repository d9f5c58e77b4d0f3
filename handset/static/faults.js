// The panel of network faults: shows what is switched on, and switches it.

import {get, send} from "./api.js";
import {byId} from "./elements.js";

const panel = byId("faults");
const block = byId("block");
let blocked = [];
let number = null;

export function prepare() {
  for (const select of panel.querySelectorAll("select")) {
    select.addEventListener("change", () => change({[select.name]: JSON.parse(select.value)}));
  }
  block.addEventListener("change", () => {
    const others = blocked.filter((each) => each !== number);
    change({blocked: block.checked ? [...others, number] : others});
  });
  byId("reset").addEventListener("click", async () => show(await send("DELETE", "/faults")));
  panel.addEventListener("toggle", refresh);
  refresh();
}

export async function refresh() {
  show(await get("/faults"));
}

export function choose(chosen) {
  number = chosen;
  block.checked = blocked.includes(number);
}

async function change(wishes) {
  show(await send("PUT", "/faults", wishes));
}

function show(faults) {
  blocked = faults.blocked;
  block.checked = blocked.includes(number);
  let on = blocked.length > 0;
  for (const select of panel.querySelectorAll("select")) {
    const value = faults[select.name];
    select.value = optionOf(value);
    if (select.selectedIndex < 0) select.value = "custom";
    on ||= select.selectedIndex > 0;
  }
  byId("faults-on").hidden = !on;
}

function optionOf(value) {
  if (typeof value === "number") return String(value);
  if (value.next > 0) return JSON.stringify({next: value.next});
  return value.rate > 0 ? JSON.stringify({rate: value.rate}) : "{}";
}
