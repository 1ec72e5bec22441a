// The server's events: over Server-Sent Events, or, in a saved page, from the page itself. And its buttons.

const SILENT_MS = 12_000; // the server sends a ping every 5 s

/** The server's stream. `heard` is called with "open", "silent" or "lost" when that changes. */
export function listen(url, story, clock, heard) {
  const source = new EventSource(url);
  let last = performance.now();
  let state = "";
  const report = (now) => {
    if (state !== now) {
      state = now;
      heard(now);
    }
  };
  const on = (name, take) =>
    source.addEventListener(name, (event) => {
      const data = JSON.parse(event.data);
      take(data);
      clock.hear(typeof data === "number" ? data : data.now);
      last = performance.now();
      report("open");
    });
  source.addEventListener("open", () => {
    story.reset(); // the server sends the last minute again
    clock.restart();
  });
  on("state", (data) => story.takeState(data));
  on("e", (data) => story.takeBatch(data));
  on("sample", (data) => story.takeSample(data));
  on("ping", () => {});
  source.addEventListener("error", () => report("lost"));
  setInterval(() => {
    if (state === "open" && performance.now() - last > SILENT_MS) {
      report("silent");
    }
  }, 1_000);
}

/** The events of a saved page: {past, state, batches, samples}, as the stream had them. */
export function replay({ past = [], state, batches, samples }, story, clock) {
  for (const one of [...past, state]) {
    story.takeState(one);
  }
  for (const batch of batches) {
    for (const event of batch.e) {
      story.take(event); // without dropping what is over a minute before the end
    }
    story.shown = batch.shown ?? story.shown;
    story.tick(batch.now);
  }
  for (const sample of samples) {
    story.takeSample(sample);
  }
  const [first] = story.requests; // before it is only the start of the server
  clock.bound(first?.start ?? 0, story.now);
}

/** Presses a button of the server: its answer, a sentence, or an Error with one. */
export async function press(token, name, body) {
  const response = await fetch(`live/do/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Upper-Token": token },
    body: JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Error(answer.error ?? `${response.status} ${response.statusText}`);
  }
  return answer.text ?? "";
}
