// "Predict, then press": what each experiment presses, and the answer that is right. The words are in en.json.

// More clients than the worker pool has threads, by this many.
const TOO_MANY = 5;

export const EXPERIMENTS = [
  {
    key: "staircase",
    right: "b",
    press: () => [
      ["job", { job: "sleep:500ms" }],
      ["model", { model: "iterative" }],
      ["clients", { clients: 10 }],
    ],
  },
  {
    key: "timer",
    right: "a",
    press: () => [
      ["job", { job: "sleep:500ms" }],
      ["clients", { clients: 10 }],
      ["model", { model: "event-loop" }],
    ],
  },
  {
    key: "pool",
    right: "b",
    press: (state) => [
      ["job", { job: "sleep:500ms" }],
      ["model", { model: "worker-pool" }],
      ["clients", { clients: (state.workers ?? 20) + TOO_MANY }],
    ],
  },
  {
    key: "loops",
    right: "c",
    press: () => [
      ["job", { job: "sleep:500ms" }],
      ["model", { model: "iterative" }],
      ["clients", { clients: 10 }],
      ["instances", { instances: 2 }],
    ],
  },
  {
    key: "spin",
    right: "b",
    press: () => [
      ["model", { model: "event-loop" }],
      ["clients", { clients: 10 }],
      ["job", { job: "spin:50ms" }],
    ],
  },
  {
    key: "block",
    right: "c",
    press: () => [
      ["job", { job: "sleep:50ms" }],
      ["model", { model: "event-loop" }],
      ["block", { seconds: 2 }],
    ],
  },
  {
    key: "unread",
    right: "a",
    press: () => [
      ["model", { model: "event-loop" }],
      ["unread", {}],
    ],
  },
  { key: "reset", right: "a", press: () => [["reset", { connections: 100 }]] },
];
