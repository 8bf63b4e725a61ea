// @ts-check
// Starts the slides once their charts can be drawn; S opens the notes in a window of their own.

const { Reveal, RevealNotes } = /** @type {any} */ (globalThis);

Reveal.initialize({
  width: 1280,
  height: 720,
  margin: 0.04,
  hash: true,
  center: true,
  slideNumber: 'c/t',
  transition: 'none',
  plugins: [RevealNotes],
});
