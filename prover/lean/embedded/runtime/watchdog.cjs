// A thread that ends the process when its parent is gone. The end of stdin tells that too, but to nobody as long as
// Lean is computing.
"use strict";
const { workerData: parent } = require("worker_threads");
const { quit } = require("./lines.cjs");

const PERIOD = 500; // milliseconds

setInterval(() => {
  if (process.ppid !== parent) quit();
}, PERIOD);
