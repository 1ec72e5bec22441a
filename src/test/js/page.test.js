// The files of the live page: words in each language, and modules that can be joined into one file.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";

const directory = new URL("../../main/resources/io/upper/live/", import.meta.url);
const read = (name) => readFileSync(new URL(name, directory), "utf8");
const modules = readdirSync(directory).filter((name) => name.endsWith(".js"));
const { Clock } = await import(new URL("clock.js", directory));
const { EXPERIMENTS } = await import(new URL("experiments.js", directory));
const { LANGUAGES, Words, addUp, chooseLanguage } = await import(new URL("words.js", directory));

test("each language has the same texts, with the same places to fill", () => {
  const places = (text) => [...JSON.stringify(text).matchAll(/\{\w+\}/g)].map(([place]) => place);
  const english = JSON.parse(read("en.json"));
  for (const language of LANGUAGES) {
    const texts = JSON.parse(read(`${language}.json`));
    assert.deepEqual(Object.keys(texts).sort(), Object.keys(english).sort());
    for (const [key, text] of Object.entries(texts)) {
      assert.deepEqual(new Set(places(text)), new Set(places(english[key])), key);
      assert.ok(typeof text === "string" || text.other, key);
    }
  }
});

test("each text that the page asks for is there", () => {
  const texts = JSON.parse(read("en.json"));
  const source = modules.map(read).join("\n") + read("index.html");
  const asked = [...source.matchAll(/(?:\bsay\(|data-t(?:-label)?=)"([\w.-]+)"/g)].map(([, key]) => key);
  assert.ok(asked.length > 60);
  assert.deepEqual(
    asked.filter((key) => !(key in texts)),
    [],
  );
  for (const { key, right } of EXPERIMENTS) {
    for (const part of ["title", "question", "a", "b", "c", "does", "why", right]) {
      assert.ok(`try.${key}.${part}` in texts, `try.${key}.${part}`);
    }
  }
});

test("the modules can be joined: one-line imports, no name twice", () => {
  const names = new Map();
  for (const module of modules) {
    for (const line of read(module).split("\n")) {
      if (/^(import|export)\b/.test(line)) {
        const whole = /^import \{ [\w, ]+ \} from "\.\/[\w]+\.js";$|^export (async )?(function|class|const) /;
        assert.match(line, whole, `${module}: ${line}`);
        assert.ok(!/ as /.test(line), `${module}: ${line}`);
      }
      const name = line.match(/^(?:export )?(?:async )?(?:function|class|const|let) (\w+)/)?.[1];
      if (name) {
        assert.ok(!names.has(name), `${name} is in ${names.get(name)} and in ${module}`);
        names.set(name, module);
      }
    }
  }
});

test("no file names another host, and the page has neither inline script nor style", () => {
  for (const name of readdirSync(directory)) {
    assert.ok(
      !/(https?:)?\/\/[\w.]+\.[a-z]{2,}(?!.*2000\/svg)/.test(
        read(name).replaceAll("http://www.w3.org/2000/svg", ""),
      ),
      name,
    );
  }
  assert.ok(!/<style|<script>|\sstyle=|\son\w+=/.test(read("index.html")));
});

test("the language is the first preferred one that there is", () => {
  assert.equal(chooseLanguage(["es-ES", "en"]), "es");
  assert.equal(chooseLanguage(["de", "es"]), "es");
  assert.equal(chooseLanguage(["de"]), "en");
  assert.equal(chooseLanguage([]), "en");
});

test("plurals and places", () => {
  const words = new Words("en", { a: { one: "{n} reply", other: "{n} replies" } });
  assert.equal(words.say("a", { n: 1 }), "1 reply");
  assert.equal(words.say("a", { n: 2 }), "2 replies");
  assert.equal(words.say("unknown"), "unknown");
});

test("Spanish contracts its articles", () => {
  const words = new Words("es", JSON.parse(read("es.json")));
  assert.equal(
    words.say("told.behind", { who: "el cliente 1", wait: "1 s", others: "el cliente 2", lane: "el hilo A" }),
    "el cliente 1 esperó 1 s detrás del cliente 2 en el hilo A",
  );
  assert.equal(
    words.say("told.waited", { who: "x", wait: "1 s", lane: "el hilo A" }),
    "x esperó 1 s al hilo A",
  );
});

test("times add up as printed", () => {
  const words = new Words("en", {});
  const { unit, times } = addUp([1_004.6, 500.4, 0.4]);
  const printed = times.map((time) => Number.parseFloat(words.time(time, unit)));
  assert.equal(printed[0] + printed[1] + printed[2], printed[3]);
  assert.equal(new Words("es", {}).time(1_234), "1,23\u00a0s");
});

test("the clock: live, slow, paused, scrubbed, live again", () => {
  let here = 0;
  const clock = new Clock(() => here);
  clock.hear(10_000);
  here = 1_000;
  assert.equal(clock.time(), clock.newest());
  const start = clock.time();
  clock.play(0.1);
  here += 1_000;
  assert.equal(clock.time(), start + 100);
  clock.pauseAt(clock.time());
  here += 100_000;
  assert.equal(clock.time(), start + 100); // however long
  clock.pauseAt(start - 5_000);
  assert.equal(clock.time(), start - 5_000);
  clock.play(1);
  assert.equal(clock.time(), clock.oldest()); // what is shown is kept for a minute only
  clock.goLive();
  assert.equal(clock.time(), clock.newest());
});

test("a replay begins at its first request, and ends at its last event", () => {
  let here = 0;
  const clock = new Clock(() => here);
  clock.bound(1_000, 5_000);
  clock.pauseAt(clock.oldest());
  clock.play(1);
  here = 3_000;
  assert.equal(clock.time(), 4_000);
  here = 9_000;
  assert.equal(clock.time(), 5_000);
});
