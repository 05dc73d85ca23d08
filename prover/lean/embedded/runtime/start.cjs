// LEAN_ROOT=… node [options] start.cjs 'import Std'
//
// Starts the Lean in LEAN_ROOT (see prover/lean/embedded/install.py) on a file in memory: the header, and then
// `init_quot`, which the command REPL takes over. Lean sees its library and nothing else of this machine.
// The main thread and each of Lean's threads load this same script; threads get no arguments, so the root is in
// the environment.
"use strict";
const fs = require("fs");
const path = require("path");
const vm = require("vm");
const { Worker, isMainThread } = require("worker_threads");

const { hook } = require("./hook.cjs");
const { tacticRepl } = require("./tactics.cjs");
const { commandRepl } = require("./commands.cjs");

const root = process.env.LEAN_ROOT;
const header = process.argv[2] ?? "";

/** Called by the runtime in every thread before Lean runs there: each has a function table of its own. */
globalThis.installRepl = function () {
  globalThis.installRepl = () => {};
  hook("l_Lean_Elab_Tactic_evalTraceMessage___boxed", tacticRepl);
  hook("l_Lean_Elab_Command_elabInitQuot___boxed", commandRepl);
};

/** This build of Lean tells its debugging to everybody. */
const report = (text) => {
  if (!/^(\[DEBUG|\s+(- \/lib|mainModule))/.test(text)) process.stderr.write(`${text}\n`);
};

function prepareMainThread() {
  new Worker(path.join(__dirname, "watchdog.cjs"), { workerData: process.ppid }).unref();
  process.cwd = () => "/"; // the in-memory file system starts from the same folder
  process.argv[1] = "/bin/lean"; // Lean looks for its library beside its own path
  globalThis.Module = {
    arguments: ["-DElab.async=false", "-Dinternal.cmdlineSnapshots=false", "/boot.lean"],
    locateFile: (name) => path.join(root, name),
    mainScriptUrlOrBlob: __filename,
    print: report,
    printErr: report,
    preRun: [
      () => {
        const { FS, ENV } = Module;
        FS.mkdirTree("/lib/lean");
        FS.mount(FS.filesystems.NODEFS, { root: path.join(root, "lib", "lean") }, "/lib/lean");
        FS.mkdirTree("/bin");
        FS.writeFile("/boot.lean", `${header}\ninit_quot\n`);
        ENV.LEAN_PATH = "/lib/lean";
      },
    ],
  };
  console.log = (...parts) => report(parts.join(" "));
}

if (isMainThread) prepareMainThread();
Object.assign(globalThis, { require, __filename: "/bin/lean.js", __dirname: "/bin" });
const runtime = path.join(root, "lean.js");
vm.runInThisContext(fs.readFileSync(runtime, "utf8"), { filename: runtime });
