// @ts-check
/** The sockets on which Jupyter asks and hears, bound; a process that takes the place of another first answers in its place. */
import { createHmac, randomUUID } from 'node:crypto';
import { Router, XPublisher } from 'zeromq';

/** @typedef {{transport: string, ip: string, key: string, shell_port: number, iopub_port: number}} Connection Jupyter's file */
/** @typedef {{identity: string[], header: {msg_id: string, session: string, username: string}}} OpenRequest a request to run a cell; its identity in base64 */

const RESTARTED =
  'Interrupted: this cell could not be stopped, so the kernel was restarted. Finished runs are safe; run the cells above again.\n';
const LOST = 'Not run, because the kernel was restarted.\n';

const DELIMITER = Buffer.from('<IDS|MSG>');

/** Who does not listen to the outputs by then does not at all. An interrupt must end within three seconds. */
const LONGEST_MS = 1000;
/** Once one listens, the others (a second tab, the server itself) have this long. */
const OTHERS_MS = 250;

/**
 * @param {Connection} connection
 * @param {OpenRequest[]} requests what another process has left open; the first was running
 * @returns {Promise<{shell: Router, iopub: XPublisher, unheard: Buffer[][]}>} `unheard` is what has come meanwhile
 */
export async function boundSockets(connection, requests) {
  const address = (/** @type {number} */ port) => `${connection.transport}://${connection.ip}:${port}`;
  // No send limits: zeromq hands every 513th message to the event loop and throws at whatever is sent before that has
  // turned, and beyond 1,000 messages it throws outputs away while the reader is busy.
  const limits = { sendTimeout: 0, sendHighWaterMark: 0 };
  const [shell, iopub] = [new Router(limits), new XPublisher(limits)];
  await Promise.all([shell.bind(address(connection.shell_port)), iopub.bind(address(connection.iopub_port))]);
  const unheard = requests.length > 0 ? await answer({ shell, iopub }, connection.key, requests) : [];
  return { shell, iopub, unheard };
}

/**
 * @param {{shell: Router, iopub: XPublisher}} sockets
 * @param {string} key
 * @param {OpenRequest[]} requests
 */
async function answer({ shell, iopub }, key, [running, ...waiting]) {
  // What is said before anybody listens is lost. Of the publishing sockets, an XPublisher alone is told of listeners.
  iopub.receiveTimeout = LONGEST_MS;
  const subscription = await iopub.receive().catch(() => undefined);
  if (subscription) await new Promise((resolve) => setTimeout(resolve, OTHERS_MS));
  /**
   * @param {OpenRequest} request
   * @param {string} text
   */
  const say = async (request, text) => {
    await iopub.send(frames(key, request, 'stream', { name: 'stderr', text }));
    await iopub.send(frames(key, request, 'status', { execution_state: 'idle' }));
  };
  /**
   * @param {OpenRequest} request
   * @param {string} status
   * @param {string} text
   */
  const reply = (request, status, text) =>
    shell.send(frames(key, request, 'execute_reply', { status, ename: 'Interrupted', evalue: text, traceback: [] }));
  const lost = async (/** @type {OpenRequest} */ request) => {
    await say(request, LOST);
    await reply(request, 'aborted', LOST);
  };
  for (const request of waiting) await lost(request);
  // Cells that were sent meanwhile stood below the one that failed.
  const unheard = [];
  for (const parts of await waitingMessages(shell)) {
    const request = requestOf(parts);
    if (request) await lost(request);
    else unheard.push(parts);
  }
  await say(running, RESTARTED);
  // Cells that are lost unread no longer count as running.
  await iopub.send(frames(key, running, 'status', { execution_state: 'restarting' }));
  // Last, since a front end sends its next cell as soon as it has this.
  await reply(running, 'error', RESTARTED);
  return unheard;
}

/** @param {Router} socket */
async function waitingMessages(socket) {
  const { receiveTimeout } = socket;
  socket.receiveTimeout = 0;
  const messages = [];
  try {
    while (true) messages.push(await socket.receive());
  } catch {
    socket.receiveTimeout = receiveTimeout;
    return messages;
  }
}

/**
 * The request to run a cell that a message is, if it is one.
 * @param {Buffer[]} parts
 * @returns {OpenRequest | undefined}
 */
function requestOf(parts) {
  const at = parts.findIndex((part) => part.equals(DELIMITER));
  const header = JSON.parse(parts[at + 2].toString());
  if (header.msg_type !== 'execute_request') return undefined;
  return { identity: parts.slice(0, at).map((part) => part.toString('base64')), header };
}

/**
 * A message as it travels.
 *
 * @param {string} key
 * @param {OpenRequest} request
 * @param {string} type
 * @param {object} content
 */
function frames(key, { identity, header }, type, content) {
  const { session, username } = header;
  const date = new Date().toISOString();
  const own = { version: '5.3', date, session, username, msg_type: type, msg_id: randomUUID() };
  const parts = [own, header, {}, content].map((part) => JSON.stringify(part));
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return [...identity.map((part) => Buffer.from(part, 'base64')), DELIMITER, hmac.digest('hex'), ...parts];
}
