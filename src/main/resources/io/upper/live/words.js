// The page's words in one language, from its JSON file: texts with {places}, plurals, times, lists.

/** The languages that have a file; the first one is for everybody else. */
export const LANGUAGES = ["en", "es"];

/** The language of the page for those that the reader prefers, most wanted first. */
export function chooseLanguage(preferred) {
  const wanted = preferred.map((tag) => tag.slice(0, 2).toLowerCase());
  return wanted.find((tag) => LANGUAGES.includes(tag)) ?? LANGUAGES[0];
}

export class Words {
  constructor(language, texts) {
    this.language = language;
    this.texts = texts;
    this.plurals = new Intl.PluralRules(language);
    this.lists = new Intl.ListFormat(language, { type: "conjunction" });
  }

  /** Whether there is a text of this name. */
  has(key) {
    return key in this.texts;
  }

  /** The text of this name, its {places} filled; if it has plurals, the one for the value `n`. */
  say(key, values = {}) {
    const text = this.texts[key];
    if (text === undefined) {
      return key;
    }
    const form = typeof text === "string" ? text : (text[this.plurals.select(values.n)] ?? text.other);
    const filled = form.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
    return this.language === "es" ? contract(filled) : filled;
  }

  /** A number with as many decimals as wanted. */
  number(value, decimals = 0) {
    return value.toLocaleString(this.language, {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    });
  }

  /** A time in milliseconds as a reader likes it: 2.31 s, 231 ms, 0.23 ms. */
  time(ms, unit = unitOf(ms)) {
    return `${this.number(ms / unit.ms, unit.decimals)}\u00a0${unit.name}`;
  }

  /** Names as "a, b and c". */
  list(names) {
    return this.lists.format(names);
  }
}

// Spanish joins "a el" and "de el", which meet where a place is filled.
function contract(text) {
  return text.replace(/\b([Aa]|[Dd]e) el\b/g, (both, word) => `${word}l`);
}

/** The unit in which a time is easy to read. */
export function unitOf(ms) {
  if (ms >= 999.5) {
    return { name: "s", ms: 1_000, decimals: 2 };
  }
  return { name: "ms", ms: 1, decimals: ms >= 9.995 ? 0 : 2 };
}

/** Times rounded to the unit of their sum, so that they add up as printed; the sum comes last. */
export function addUp(times) {
  const unit = unitOf(times.reduce((sum, time) => sum + time, 0));
  const step = unit.ms / 10 ** unit.decimals;
  const rounded = times.map((time) => Math.round(time / step) * step);
  return { unit, times: [...rounded, rounded.reduce((sum, time) => sum + time, 0)] };
}
