import { EnvHttpProxyAgent } from 'undici';
import { Failure } from '../../lib/failure.mjs';

/**
 * The way to the web that the environment names, as curl, npm and pip read it: http_proxy, https_proxy and no_proxy in
 * small or capital letters, or else npm's own settings, which npm puts there as npm_config_*.
 */
export function proxies(env: NodeJS.ProcessEnv) {
  const first = (...names: string[]) => names.map((name) => env[name]).find((value) => value !== undefined) ?? '';
  const http = addressOf(first('http_proxy', 'HTTP_PROXY', 'npm_config_proxy'));
  const https = addressOf(first('https_proxy', 'HTTPS_PROXY', 'npm_config_https_proxy')) || http;
  const noProxy = first('no_proxy', 'NO_PROXY', 'npm_config_noproxy');
  // Plain http is asked of the proxy itself, since many let tunnels through to https alone.
  const dispatcher = new EnvHttpProxyAgent({ httpProxy: http, httpsProxy: https, noProxy, proxyTunnel: false });
  return {
    dispatcher,
    /** The proxy for an address, without name and password, or undefined where there is none. */
    proxyFor(address: string): string | undefined {
      const proxy = address.startsWith('https:') ? https : http;
      return proxy ? new URL(proxy).host : undefined;
    },
  };
}

/** A proxy's address from a text with or without its protocol; empty for none. */
function addressOf(text: string): string {
  if (text === '' || text === 'null') return '';
  try {
    const address = new URL(/^\w+:\/\//.test(text) ? text : `http://${text}`);
    if (address.protocol === 'http:' || address.protocol === 'https:') return address.href;
  } catch {}
  throw new Failure(
    `The proxy "${text.replace(/\/\/.*@/, '//')}" is no address: set HTTPS_PROXY and HTTP_PROXY to one such as http://proxy:3128.`,
  );
}
