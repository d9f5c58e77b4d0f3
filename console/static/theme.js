// Light or dark: as the system has it, or as the person chose on this device.
"use strict";

const CHOICES = ["auto", "light", "dark"];
const system = matchMedia("(prefers-color-scheme: dark)");

function chosen() {
  const kept = localStorage.getItem("henji-theme");
  return CHOICES.includes(kept) ? kept : "auto";
}

function paint() {
  const theme = chosen() === "auto" ? (system.matches ? "dark" : "light") : chosen();
  document.documentElement.dataset.bsTheme = theme;
  for (const button of document.querySelectorAll("[data-theme-next]")) {
    button.textContent = button.dataset[chosen()];
  }
}

system.addEventListener("change", paint);
document.addEventListener("DOMContentLoaded", () => {
  paint();
  for (const button of document.querySelectorAll("[data-theme-next]")) {
    button.addEventListener("click", () => {
      localStorage.setItem("henji-theme", CHOICES[(CHOICES.indexOf(chosen()) + 1) % 3]);
      paint();
    });
  }
});
paint();
