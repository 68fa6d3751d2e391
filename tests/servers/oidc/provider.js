// A certified OpenID Connect provider on a free port; anybody who types a name is signed in as it.
// Its first line on stdout is its address. Usage: node provider.js AUDIENCE

import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const [audience] = process.argv.slice(2);
const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });

// The issuer is in what it signs, so the port has to be known first.
const server = createServer((request, response) => answer(request, response));
let answer;
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const accessTokens = {
    audience,
    scope: 'openid',
    accessTokenFormat: 'jwt',
    accessTokenTTL: 600,
    jwt: { sign: { alg: 'RS256' } },
  };
  const provider = new Provider(issuer, {
    jwks: { keys: [{ ...key, kid: 'of-today', alg: 'RS256', use: 'sig' }] },
    cookies: { keys: ['cookies-of-a-test'] },
    clients: [
      {
        client_id: 'page',
        application_type: 'native', // may return to this machine over plain HTTP
        token_endpoint_auth_method: 'none',
        redirect_uris: ['http://127.0.0.1/back'],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    features: {
      resourceIndicators: {
        defaultResource: () => audience,
        getResourceServerInfo: () => accessTokens,
        useGrantedResource: () => true,
      },
    },
  });
  answer = provider.callback();
  process.stdout.write(`${issuer}\n`);
});
