/**
 * Calls back when the process that started this one is gone. npm hands a signal to the shell in which it runs a script;
 * the shell dies of it and tells nobody.
 */
export function whenOrphaned(callback) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    callback();
  }, 500);
  timer.unref();
}
