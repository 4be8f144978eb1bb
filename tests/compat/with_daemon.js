// Starts `hearth serve` with a home of its own, runs test files against it, and ends it:
//
//   node with_daemon.js HEARTH FILE.test.js…
//
// The tests find it at HEARTH_COMPAT_URL, and HEARTH at HEARTH_COMPAT_PROGRAM. It has no configuration, so what answers is ember.
'use strict';

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const readline = require('node:readline');

const READY_MS = 60_000;
const LOG_LINES_SHOWN = 40;

function startDaemon(program, home) {
  const env = {
    ...process.env,
    HEARTH_HOME: home,
    HEARTH_LOG_LEVEL: 'info',
    HEARTH_LOG_FORMAT: 'json',
    HEARTH_MODELS_FOUND: 'no', // what this machine has of other programs is no part of a test
  };
  const stdio = ['ignore', 'ignore', 'pipe'];
  return spawn(program, ['serve', '--port', '0'], { env, stdio });
}

// The daemon says where it listens, once, in its log; the rest is kept for a test that fails.
function urlOf(daemon, log) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('the daemon did not become ready')), READY_MS);
    daemon.on('error', reject);
    daemon.on('exit', () => reject(new Error('the daemon ended before it was ready')));
    readline.createInterface({ input: daemon.stderr }).on('line', (line) => {
      log.push(line);
      if (log.length > LOG_LINES_SHOWN) log.shift();
      const url = /"listening".*"url":"([^"]+)"/.exec(line);
      if (!url) return;
      clearTimeout(late);
      resolve(url[1]);
    });
  });
}

function exitOf(child) {
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
}

async function main(program, files) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'hearth_compat_'));
  const daemon = startDaemon(program, home);
  const log = [];
  let code = 1;
  try {
    const env = {
      ...process.env,
      HEARTH_COMPAT_URL: await urlOf(daemon, log),
      HEARTH_COMPAT_PROGRAM: program,
    };
    const tests = spawn(process.execPath, ['--test', ...files], { env, stdio: 'inherit' });
    code = await exitOf(tests);
  } finally {
    if (code !== 0) console.error(log.join('\n'));
    if (daemon.exitCode === null) {
      const ended = exitOf(daemon);
      daemon.kill('SIGTERM');
      await ended;
    }
    fs.rmSync(home, { recursive: true, force: true });
  }
  return code;
}

// A test that needs a daemon of its own, with keys in its home, starts one itself.
module.exports = { startDaemon, urlOf, exitOf };

if (require.main === module) {
  const [program, ...files] = process.argv.slice(2);
  main(program, files).then(
    (code) => process.exit(code),
    (error) => {
      console.error(error.message);
      process.exit(1);
    },
  );
}
