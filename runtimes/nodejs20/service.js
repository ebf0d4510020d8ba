// What the runtime answers to /init and /run, and when: OpenWhisk's protocol without
// the HTTP around it.
'use strict';

const { loadAction } = require('./action');
const { errorResult, initErrorText, thrownText } = require('./errors');

const SENTINEL = 'XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n';

// An HTTP status and the JSON text that goes with it. Thrown where that is shorter.
class Answer {
  constructor(status, value) {
    this.status = status;
    this.text = typeof value === 'string' ? value : JSON.stringify(value);
  }
}

// Taken before there is an action, which may put something else in their place.
const WRITERS = [process.stdout, process.stderr].map((stream) => stream.write.bind(stream));

// Resolves when the sentinels, and so all that was logged before them, are out of
// this process: whoever has the answer can read the whole log.
function writeSentinels() {
  return Promise.all(WRITERS.map((write) => new Promise((resolve) => write(SENTINEL, resolve))));
}

function setEnvironment(name, value) {
  if (name === '' || /[=\0]/.test(name)) {
    throw new Error(`"${name}" cannot be the name of an environment variable.`);
  }
  if (value.includes('\0')) {
    throw new Error(`The value of the environment variable "${name}" has a zero byte.`);
  }
  process.env[name] = value;
}

function setInitEnvironment(env) {
  if (env === undefined || env === null) return;
  if (typeof env !== 'object' || Array.isArray(env)) throw new Error('"env" is not an object.');
  for (const [name, value] of Object.entries(env)) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    setEnvironment(name, value === null ? '' : text);
  }
}

// Every string of a /run message but its value is the action's to see as __OW_….
function setRunEnvironment(message) {
  for (const [key, value] of Object.entries(message)) {
    if (key !== 'value' && typeof value === 'string') {
      setEnvironment(`__OW_${key.toUpperCase()}`, value);
    }
  }
}

// The result as JSON text. Throws an Answer if it is not an object or an array.
function resultText(result) {
  const value = result === undefined ? {} : result;
  let text;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw new Answer(502, { error: `The action's result is not JSON: ${error.message}` });
  }
  if (text === undefined || (text[0] !== '{' && text[0] !== '[')) {
    console.error(`The result must be an object or array but is of type "${typeof value}":`, value);
    throw new Answer(502, { error: 'The action did not return a dictionary or array.' });
  }
  return text;
}

class Service {
  #allowConcurrent;
  #main;  // The action's function, once there is one.
  #status = 'ready';

  constructor(allowConcurrent) {
    this.#allowConcurrent = allowConcurrent;
  }

  // Takes the body of POST /init and resolves to an Answer, or rejects with one.
  async init(message) {
    if (this.#main) {
      throw new Answer(403, { error: 'Cannot initialize the action more than once.' });
    }
    this.#requireReady();

    const { main = 'main', code, binary = false, env } = message.value ?? {};
    if (typeof main !== 'string' || main === '' || typeof code !== 'string' || code === '') {
      throw new Answer(403, { error: 'Missing main/no code to execute.' });
    }
    this.#status = 'starting';
    try {
      setInitEnvironment(env);
      this.#main = await loadAction({ main, code, binary: binary === true });
    } catch (error) {
      this.#status = 'stopped';
      console.error('Error during initialization:', error);
      await writeSentinels();
      throw new Answer(502, { error: `Initialization has failed due to: ${initErrorText(error)}` });
    }
    this.#status = 'ready';
    return new Answer(200, { ok: true });
  }

  // Takes the body of POST /run and resolves to an Answer, or rejects with one.
  async run(message) {
    if (!this.#main && this.#status === 'ready') {
      throw new Answer(403, { error: 'System not initialized.' });
    }
    this.#requireReady();
    const parameters = message.value ?? {};
    if (typeof parameters !== 'object') {
      throw new Answer(403, {
        error: `The argument must be a dictionary or array but has type "${typeof parameters}".`,
      });
    }
    try {
      setRunEnvironment(message);
    } catch (error) {
      throw new Answer(403, { error: error.message });
    }

    if (!this.#allowConcurrent) this.#status = 'running';
    const { answer, crashed } = await this.#activate(parameters);
    await writeSentinels();
    // A crash leaves a container of which nothing is known any more; but where
    // activations run side by side, one does not take the others with it.
    if (!this.#allowConcurrent) this.#status = crashed ? 'stopped' : 'ready';
    return answer;
  }

  // An exception out of the function itself is a crash; a promise that it returns and
  // that is rejected is a result, {"error": …}.
  async #activate(parameters) {
    try {
      const result = await Promise.resolve(this.#main(parameters)).catch(errorResult);
      return { answer: new Answer(200, resultText(result)), crashed: false };
    } catch (error) {
      if (error instanceof Answer) return { answer: error, crashed: false };
      console.error(error);
      const text = `An error has occurred: ${thrownText(error)}`;
      return { answer: new Answer(502, { error: text }), crashed: true };
    }
  }

  #requireReady() {
    if (this.#status !== 'ready') {
      throw new Answer(403, { error: `System not ready, status is ${this.#status}.` });
    }
  }
}

module.exports = { Answer, Service };
