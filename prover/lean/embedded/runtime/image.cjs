// The memory of a Lean that has read its imports, kept in a file, and a Lean that starts from there.
//
// Starting Lean takes seconds: it initialises itself, reads the library's modules, and builds its tables, each time
// the same. All of that is in the WebAssembly memory. `record` writes it down from inside the elaborating thread, just
// before the first request; `restore` puts it into a new memory, gives that to one new thread, sets what a thread has
// outside of the memory (stack pointer, address of the thread-local storage, function table), and goes on with the
// requests. It never returns into Lean's interrupted frames, and has no need to: the REPL ends with the process.
//
// The main thread has no Lean then, and no file system: what a thread would ask of it fails, but for a new thread.
"use strict";
const fs = require("fs");
const path = require("path");
const { Worker } = require("worker_threads");

const alarm = require("./alarm.cjs");

const PAGE = 65536;
const MAXIMUM_PAGES = 32768; // 2 GB, all that 32 bits of this build allow
const CHUNK = 1 << 22;
const STORAGE_OF_THREAD = 116; // emscripten's struct pthread, in bytes
const REST = 200; // milliseconds that the other threads are given to come to rest
const EACCES = 2; // WASI's numbers: what a system call answers where there is no system

const description = (image) => `${image}.json`;

/**
 * A copy of the memory, made when nothing in it has changed for a while. Other threads finish their last tasks while this
 * one records: in what is copied under their hands are locks that nobody opens again, and a Lean that starts from there
 * waits for ever.
 */
function atRest(memory) {
  for (let before = new BigInt64Array(memory.buffer).slice(); ; ) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, REST);
    const after = new BigInt64Array(memory.buffer);
    if (before.length === after.length && before.every((word, at) => word === after[at])) return before;
    before = after.slice();
  }
}

/** Writes the memory to the file `image`, then what else is needed beside it. Zero bytes take no space on disk. */
function record(image, args) {
  const memory = new Uint8Array(atRest(wasmMemory).buffer);
  const file = fs.openSync(image, "w");
  for (let at = 0; at < memory.length; at += CHUNK) {
    const chunk = memory.subarray(at, at + CHUNK);
    if (chunk.some((byte) => byte !== 0)) fs.writeSync(file, chunk, 0, chunk.length, at);
  }
  fs.ftruncateSync(file, memory.length);
  fs.closeSync(file);
  const thread = {
    args,
    self: wasmExports.pthread_self(),
    stack: stackSave(),
    storage: threadLocalStorage,
    tableSize: wasmTable.length,
  };
  fs.writeFileSync(description(image), JSON.stringify({ bytes: memory.length, thread }));
}

function readMemory(image, bytes) {
  const memory = new WebAssembly.Memory({ initial: bytes / PAGE, maximum: MAXIMUM_PAGES, shared: true });
  const target = new Uint8Array(memory.buffer);
  const file = fs.openSync(image, "r");
  for (let at = 0; at < bytes; ) {
    const size = fs.readSync(file, target, at, Math.min(CHUNK, bytes - at), at);
    if (size === 0) throw Error(`${image} is too short`);
    at += size;
  }
  fs.closeSync(file);
  return memory;
}

/** A new thread that runs `script`; it loads the runtime at once, and Lean when it is given `load`. */
const newThread = (script) =>
  new Worker(script, { workerData: "em-pthread", name: "em-pthread", resourceLimits: threadLimits });

function load(thread, wasmMemory, wasmModule) {
  thread.postMessage({ cmd: "load", handlers: [], dynamicLibraries: [], sharedModules: {}, wasmMemory, wasmModule });
}

/** In the main thread: a thread that runs `script` gets the memory and goes on where the recorded one was. */
async function restore(root, image, script) {
  const { bytes, thread } = JSON.parse(fs.readFileSync(description(image), "utf8"));
  const compiled = WebAssembly.compile(fs.readFileSync(path.join(root, "lean.wasm")));
  const worker = newThread(script);
  const memory = readMemory(image, bytes);
  load(worker, memory, await compiled);
  const cells = alarm.makeCells();
  worker.postMessage({ cmd: "restore", cells, ...thread });
  alarm.watch(memory, cells);
}

/** In each thread of a restored Lean, before it is loaded: nothing is asked of the main thread. */
function isolate(script) {
  proxyToMainThread = () => EACCES;
  pthreadCreateProxied = (self, attributes, start, argument) => {
    const thread = newThread(script);
    load(thread, wasmMemory, wasmModule);
    thread.postMessage({ cmd: "run", start_routine: start, arg: argument, pthread_ptr: self });
    return 0;
  };
}

/** In the first of them, loaded: `resume` gets the recorded thread's arguments. */
function restoreThread({ cells, args, self, stack, storage, tableSize }, resume) {
  if (wasmTable.length !== tableSize) throw Error(`a function table of ${wasmTable.length}, not ${tableSize}`);
  establishStackSpace(self);
  stackRestore(stack);
  restoreStorage(self, storage);
  alarm.share(cells);
  resume(args);
}

/**
 * A thread's record, its thread-local storage and its stack lie in one block, in this order. The initialisation of a
 * thread takes the address of the storage from the record, forgets it there, and empties the storage.
 */
function restoreStorage(self, storage) {
  const contents = HEAPU8.slice(storage, wasmExports.emscripten_stack_get_end());
  HEAP32[(self + STORAGE_OF_THREAD) >> 2] = storage;
  __emscripten_thread_init(self, 0, 0, 1, 0, 0);
  PThread.threadInitTLS();
  if (threadLocalStorage !== storage) throw Error("the thread-local storage is not where it was");
  HEAPU8.set(contents, storage);
}

module.exports = { atRest, record, restore, isolate, restoreThread };
