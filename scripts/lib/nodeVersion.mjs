// @ts-check
// In syntax that an old Node understands too.

/** The oldest Node that loads arquero, an ES module, through require. */
const OLDEST = [20, 19];

const found = process.versions.node.split('.').map(Number);
if (found[0] < OLDEST[0] || (found[0] === OLDEST[0] && found[1] < OLDEST[1])) {
  console.error(
    `Node ${OLDEST.join('.')} or newer is needed, and this is Node ${process.versions.node}: install a newer one from https://nodejs.org and run the command again.`,
  );
  process.exit(1);
}
