// The handset's JSON API; a refusal becomes an Error with the server's own sentence.

async function json(response) {
  const body = await response.json();
  if (!response.ok) throw new Error(body.error);
  return body;
}

export async function get(path, parameters = {}) {
  return json(await fetch(`${path}?${new URLSearchParams(parameters)}`));
}

export async function send(method, path, body) {
  const headers = {"Content-Type": "application/json"};
  return json(await fetch(path, {method, headers, body: body && JSON.stringify(body)}));
}
