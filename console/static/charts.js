// Draws the charts of the dashboard; the table below each says the same.
"use strict";

const HEIGHT = 210;
const DASHES = [[], [6, 4]];
const COLOURS = ["--chart-first", "--chart-second"];

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function series(one, place, bars) {
  const stroke = colour(COLOURS[place]);
  // A second line is dashed and its points are hollow: no colour is needed to tell them apart.
  const look = bars && place === 0
    ? { fill: colour("--chart-grid"), width: 1, paths: uPlot.paths.bars({ size: [0.6, 36] }), points: { show: false } }
    : { width: 2, dash: DASHES[place], points: { show: true, size: 7, fill: place ? colour("--bs-body-bg") : stroke } };
  return { label: one.name, stroke, ...look, value: (_, value) => value ?? "–" };
}

function axis(more) {
  const grid = { stroke: colour("--chart-grid"), width: 1 };
  return { stroke: colour("--chart-text"), font: `12px ${getComputedStyle(document.body).fontFamily}`, grid, ticks: grid, ...more };
}

function draw(place) {
  const { span, steps, labels, series: all, unit, bars, top } = JSON.parse(place.dataset.chart);
  const range = (_, __, most) => [0, top ?? Math.max(most ?? 0, 1) * 1.1];
  const spans = labels.map((_, at) => at);
  const options = {
    width: place.clientWidth,
    height: HEIGHT,
    cursor: { drag: { x: false, y: false } },
    scales: { x: { time: false, range: [-0.5, spans.length - 0.5] }, y: { range } },
    series: [{ label: span, value: (_, at) => labels[at] ?? "–" }, ...all.map((one, at) => series(one, at, bars))],
    axes: [
      axis({ incrs: steps, space: 70, grid: { show: false }, values: (_, splits) => splits.map((at) => labels[at] ?? "") }),
      axis({ size: 56, label: unit || undefined, labelSize: unit ? 20 : 0, incrs: unit ? undefined : [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6] }),
    ],
  };
  place.replaceChildren();
  return new uPlot(options, [spans, ...all.map((one) => one.values)], place);
}

const drawn = new Map();
function drawAll() {
  for (const place of document.querySelectorAll("[data-chart]")) {
    drawn.get(place)?.destroy();
    drawn.set(place, draw(place));
  }
}

drawAll();
new MutationObserver(drawAll).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
const resized = new ResizeObserver((places) => {
  for (const { target } of places) drawn.get(target)?.setSize({ width: target.clientWidth, height: HEIGHT });
});
for (const place of drawn.keys()) resized.observe(place);
