// @ts-check
// In syntax that an old Node understands too.

const [major, minor] = process.versions.node.split('.').map(Number);

// arquero is an ES module, which CommonJS can require since these versions.
const suits = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
if (!suits) {
  console.error(
    `Node 20.19 or newer is needed (22.12 or newer of Node 22), and this is Node ${process.versions.node}: install another from https://nodejs.org and run the command again.`,
  );
  process.exit(1);
}
