// Waits "ms" milliseconds (default 500) without using the processor. Invoke it eight
// times at once: each activation gets a container of its own, and all eight together
// take hardly longer than one.
//
//   {"ms": 200}  ->  {"waited": 200, "container": 4711}

function main({ ms = 500 }) {
  console.log(`waiting ${ms} ms in process ${process.pid}`);
  return new Promise((resolve) => {
    setTimeout(() => {
      console.log('done waiting');
      resolve({ waited: ms, container: process.pid });
    }, ms);
  });
}
