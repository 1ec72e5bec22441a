// The strips: a minute of figures below the picture, drawn by uPlot.

import { html, write } from "./dom.js";
import { KEPT_MS } from "./story.js";

const MIB = 1_048_576;

// What is drawn, and in which unit: the value of a sample, null where there is none.
const STRIPS = [
  { key: "lag", unit: "ms", value: (s) => s.lag },
  { key: "queue", unit: "", value: (s) => s.queue },
  { key: "inflight", unit: "", value: (s) => s.inflight },
  { key: "rps", unit: "", value: (s) => s.rps },
  { key: "p99", unit: "ms", value: (s) => s.p99 },
  { key: "memory", unit: "MiB", value: (s) => (s.rss ?? s.heap) / MIB },
];

export class Strips {
  constructor(root, app) {
    this.app = app;
    this.parts = STRIPS.map((strip) => {
      const name = html("span", { class: "name", "data-t": `strip.${strip.key}` });
      const figure = html("b");
      const most = html("small");
      const plot = html("div", { class: "plot", "aria-hidden": "true" });
      root.append(
        html(
          "figure",
          { "data-strip": strip.key },
          html("figcaption", {}, name, " ", figure, " ", most),
          plot,
        ),
      );
      return { ...strip, figure, most, plot, chart: null };
    });
    new ResizeObserver(() => this.resize()).observe(root);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.restyle());
  }

  /** Draws the minute before a time. */
  draw(time) {
    const samples = this.app.story.samples.filter(({ now }) => now <= time);
    const x = samples.map(({ now }) => (now - time) / 1_000);
    const { words } = this.app;
    for (const part of this.parts) {
      const y = samples.map((sample) => part.value(sample) ?? null);
      part.chart ??= this.chart(part);
      part.chart?.setData([x, y], true);
      const known = y.filter((value) => value !== null);
      write(part.figure, known.length > 0 ? this.figure(known.at(-1), part) : "–");
      const bare = part.unit === "ms" ? part : {}; // one of the two has the unit, if it is the same
      const most = known.length > 0 ? this.figure(Math.max(...known), bare) : "–";
      write(part.most, words.say("strip.most", { value: most }));
    }
  }

  figure(value, { unit }) {
    const { words } = this.app;
    if (unit === "ms") {
      return words.time(value);
    }
    const decimals = value > 0 && value < 10 && !Number.isInteger(value) ? 1 : 0;
    return `${words.number(value, decimals)}${unit ? `\u00a0${unit}` : ""}`;
  }

  chart({ plot, key }) {
    const { uPlot } = globalThis;
    if (!uPlot || plot.clientWidth === 0) {
      return null;
    }
    const style = getComputedStyle(plot);
    const colour = (name) => style.getPropertyValue(name).trim();
    const grid = { stroke: colour("--rule"), width: 1 };
    return new uPlot(
      {
        width: plot.clientWidth,
        height: plot.clientHeight,
        cursor: { show: false },
        legend: { show: false },
        padding: [4, 2, 2, 2],
        scales: {
          x: { time: false, range: () => [-KEPT_MS / 1_000, 0] },
          y: { range: (u, least, most) => [0, Math.max(1, most * 1.1)] },
        },
        axes: [{ show: false }, { show: false, grid }],
        series: [
          {},
          { label: key, stroke: colour("--s1"), width: 2, fill: colour("--strip"), points: { show: false } },
        ],
      },
      [[], []],
      plot,
    );
  }

  resize() {
    for (const { chart, plot } of this.parts) {
      chart?.setSize({ width: plot.clientWidth, height: plot.clientHeight });
    }
  }

  // uPlot draws on canvases: new colours take new charts.
  restyle() {
    for (const part of this.parts) {
      part.chart?.destroy();
      part.chart = null;
    }
  }
}
