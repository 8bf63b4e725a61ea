// @ts-check
import { statfsSync } from 'node:fs';
import { Failure } from '../lib/failure.mjs';
import { jupyterEnvironment } from '../lib/project.mjs';
import { run } from '../lib/run.mjs';

const OLDEST_PYTHON = [3, 10];
const AGAIN = 'then run the command again';

/**
 * The platforms with a TensorFlow library. Only linux x64 is tested.
 *
 * @param {string} platform
 * @param {string} architecture
 */
export function requirePlatform(platform, architecture) {
  if (platform !== 'linux' || !['x64', 'arm64'].includes(architecture)) {
    throw new Failure(
      `These notebooks run on 64-bit Linux (x64, tested; arm64, untested), and this is ${platform} ${architecture}: use a Linux machine, container or virtual machine, or WSL 2 on Windows.`,
    );
  }
}

/** TensorFlow's wheels are built for the GNU C library, 2.27 or newer. */
export function requireGlibc() {
  const report = /** @type {{header: {glibcVersionRuntime?: string}}} */ (process.report.getReport());
  const version = report.header.glibcVersionRuntime;
  const [major, minor] = (version ?? '0.0').split('.').map(Number);
  if (major < 2 || (major === 2 && minor < 27)) {
    throw new Failure(
      `TensorFlow's library needs the GNU C library 2.27 or newer, and this system has ${version ?? 'another C library'}: use a distribution such as Debian, Ubuntu or Fedora.`,
    );
  }
}

/**
 * A Python of 3.10 or newer that can make virtual environments: the one that PYTHON names, or the first on the PATH.
 *
 * @returns {Promise<string>} the program
 */
export async function findPython() {
  const named = process.env.PYTHON;
  const names = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
  const env = jupyterEnvironment();
  let tooOld = '';
  let withoutVenv = '';
  for (const program of named ? [named] : names) {
    const { status, output } = await run(program, ['-c', 'import sys; print("%d.%d.%d" % sys.version_info[:3])'], {
      env,
    });
    const version = output.trim();
    if (status !== 0 || !/^\d+\.\d+\.\d+$/.test(version)) continue;
    const [major, minor] = version.split('.').map(Number);
    if (major < OLDEST_PYTHON[0] || (major === OLDEST_PYTHON[0] && minor < OLDEST_PYTHON[1])) {
      tooOld ||= `${version} (${program})`;
      continue;
    }
    if ((await run(program, ['-c', 'import venv, ensurepip'], { env })).status === 0) return program;
    withoutVenv ||= `${version} (${program})`;
  }
  const oldest = OLDEST_PYTHON.join('.');
  if (withoutVenv) {
    throw new Failure(
      `Python ${withoutVenv} lacks the modules venv and ensurepip: install them (Debian, Ubuntu: apt-get install python3-venv) or name another Python with PYTHON=/path/to/python3, ${AGAIN}.`,
    );
  }
  if (tooOld) {
    throw new Failure(
      `Python ${oldest} or newer is needed, and the one found is ${tooOld}: install a newer one or name it with PYTHON=/path/to/python3, ${AGAIN}.`,
    );
  }
  throw new Failure(
    `${named ? `PYTHON names ${named}, which is no Python that runs` : 'No Python was found'}: install Python ${oldest} or newer (Debian, Ubuntu: apt-get install python3 python3-venv) or name one with PYTHON=/path/to/python3, ${AGAIN}.`,
  );
}

/**
 * A C++ compiler: the one that CXX names, or the first on the PATH.
 *
 * @returns {Promise<string[]>} the program and its first arguments
 */
export async function findCompiler() {
  const named = process.env.CXX?.trim();
  for (const compiler of named ? [named] : ['g++', 'c++', 'clang++']) {
    const command = compiler.split(/\s+/);
    if ((await run(command[0], [...command.slice(1), '--version'])).status === 0) return command;
  }
  throw new Failure(
    `${named ? `CXX names ${named}, which does not run` : 'No C++ compiler was found (g++, c++, clang++)'}: install one (Debian, Ubuntu: apt-get install g++) or name it with CXX=/path/to/compiler, ${AGAIN}.`,
  );
}

/**
 * @param {string} folder
 * @param {number} neededGb
 * @param {number} [freeGb] what the folder's disk has free
 */
export function requireSpace(folder, neededGb, freeGb = freeGbOf(folder)) {
  if (freeGb < neededGb) {
    throw new Failure(
      `The set-up needs ${neededGb.toFixed(1)} GB of free disk space, and ${folder} has ${freeGb.toFixed(1)} GB: make room, ${AGAIN}.`,
    );
  }
}

/** @param {string} folder */
function freeGbOf(folder) {
  const { bavail, bsize } = statfsSync(folder);
  return (bavail * bsize) / 1e9;
}
