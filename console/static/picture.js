// A picture wider than the page begins where the state at hand is, or in its middle.
"use strict";

for (const picture of document.querySelectorAll(".picture")) {
  const state = picture.querySelector(".current")?.getBoundingClientRect();
  const middle = state ? state.left + state.width / 2 - picture.getBoundingClientRect().left : picture.scrollWidth / 2;
  picture.scrollLeft = middle - picture.clientWidth / 2;
}
