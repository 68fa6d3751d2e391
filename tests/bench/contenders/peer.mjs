// What the peers share: who is calling, and an answer for who is not known.
import jwt from "jsonwebtoken";

const {PEER_JWT_SECRET: secret, PEER_JWT_ISSUER: issuer, PEER_JWT_AUDIENCE: audience} = process.env;
// {host, port} or {path, password}, and db: with Redis on a Unix socket, as ours is.
export const redis = JSON.parse(process.env.PEER_REDIS);

export function authenticate(request, response, next) {
  const [scheme, token] = (request.headers.authorization ?? "").split(" ");
  try {
    if (scheme !== "Bearer") throw new Error("no token");
    request.owner = jwt.verify(token, secret, {algorithms: ["HS256"], issuer, audience}).sub;
  } catch {
    return fail(response, 401, "UNAUTHORIZED", "Send a token as `Authorization: Bearer <token>`.");
  }
  next();
}

export function fail(response, status, code, message) {
  response.status(status).json({error: code, message, code, timestamp: new Date().toISOString()});
}

export function listen(app) {
  const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
  process.on("SIGTERM", () => process.exit(0));
}
