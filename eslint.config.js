// Rules for the live page's modules: those for mistakes, not for taste. .ci/run applies them.

const browser = ["document", "window", "location", "navigator", "performance", "fetch", "EventSource"].concat(
  ["matchMedia", "getComputedStyle", "requestAnimationFrame", "setInterval", "setTimeout", "ResizeObserver"],
  ["URLSearchParams", "Option", "URL"],
);

export default [
  {
    files: ["src/**/*.js"],
    languageOptions: { globals: Object.fromEntries(browser.map((name) => [name, "readonly"])) },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "array-callback-return": "error",
      "consistent-return": "error",
      "constructor-super": "error",
      curly: "error",
      eqeqeq: "error",
      "for-direction": "error",
      "getter-return": "error",
      "max-lines": ["error", 300],
      "no-cond-assign": "error",
      "no-const-assign": "error",
      "no-dupe-class-members": "error",
      "no-dupe-keys": "error",
      "no-duplicate-case": "error",
      "no-empty": "error",
      "no-eval": "error",
      "no-fallthrough": "error",
      "no-implied-eval": "error",
      "no-redeclare": "error",
      "no-self-assign": "error",
      "no-shadow": "error",
      "no-this-before-super": "error",
      "no-undef": "error",
      "no-unreachable": "error",
      "no-unsafe-finally": "error",
      "no-unused-vars": "error",
      "no-use-before-define": ["error", { functions: false, variables: false }],
      "no-var": "error",
      "prefer-const": "error",
      "use-isnan": "error",
      "valid-typeof": "error",
    },
  },
];
