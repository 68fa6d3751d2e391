// What the guide leaves to its reader, and eyes on what its blocks do: fetch is the engine's own and
// only watched, EventSource is not even that.
(input) => {
  const seen = { logs: [], calls: [], slept: [], every: [] };
  const plain = (value) => (value instanceof Error ? `${value.name}: ${value.message}` : value);
  const say = (level) => (...values) => seen.logs.push([level, ...values.map(plain)]);

  return {
    input,
    seen,
    console: { log: say('log'), warn: say('warn'), error: say('error') },

    fetch: async (url, options = {}) => {
      const response = await globalThis.fetch(url, options);
      seen.calls.push([options.method ?? 'GET', String(url), response.status]);
      return response;
    },

    sleep: (milliseconds) => {
      seen.slept.push(milliseconds);
      return new Promise((resolve) => setTimeout(resolve, milliseconds));
    },

    // A minute between two looks is too long for a test: the first look comes at once.
    setInterval: (act, milliseconds) => {
      seen.every.push(milliseconds);
      act();
      return setInterval(act, milliseconds);
    },

    until: async (happened, milliseconds = 60_000) => {
      const deadline = Date.now() + milliseconds;
      while (!(await happened())) {
        if (Date.now() > deadline) throw new Error(`not seen: ${happened}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },

    // The reader's own calls, with credentials.
    api: async (method, path, body, token = input.token) => {
      const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` };
      const options = { method, headers, body: body && JSON.stringify(body) };
      const response = await globalThis.fetch(path, options);
      return { status: response.status, body: await response.json() };
    },
  };
}
