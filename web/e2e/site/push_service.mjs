// A push service on this machine: it gives subscriptions, takes what is sent to them, and opens it as the
// browser would (RFC 8291 over one record of RFC 8188).
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';

export async function openPushService() {
  const subscribers = new Map();
  const server = createServer(async (request, answer) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const subscriber = subscribers.get(request.url);
    if (subscriber) subscriber.notes.push(JSON.parse(open(subscriber, Buffer.concat(parts))));
    answer.writeHead(subscriber ? 201 : 410).end();
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const host = `127.0.0.1:${server.address().port}`;
  return {
    host,
    /** What `PushManager.subscribe` would give, and the notes that come to it. */
    subscribe() {
      const [path, keys, auth, notes] = [`/${randomBytes(9).toString('base64url')}`, createECDH('prime256v1'), randomBytes(16), []];
      const p256dh = keys.generateKeys();
      subscribers.set(path, { keys, p256dh, auth, notes });
      return { notes, subscription: { endpoint: `http://${host}${path}`, expirationTime: null, keys: { p256dh: p256dh.toString('base64url'), auth: auth.toString('base64url') } } };
    },
    close: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }),
  };
}

function open({ keys, p256dh, auth }, body) {
  const [salt, named] = [body.subarray(0, 16), body[20]];
  const sender = body.subarray(21, 21 + named);
  const sealed = body.subarray(21 + named);
  const derive = (from, with_, info, length) => Buffer.from(hkdfSync('sha256', from, with_, info, length));
  const root = derive(keys.computeSecret(sender), auth, Buffer.concat([Buffer.from('WebPush: info\0'), p256dh, sender]), 32);
  const key = derive(root, salt, 'Content-Encoding: aes128gcm\0', 16);
  const opener = createDecipheriv('aes-128-gcm', key, derive(root, salt, 'Content-Encoding: nonce\0', 12));
  opener.setAuthTag(sealed.subarray(-16));
  const plain = Buffer.concat([opener.update(sealed.subarray(0, -16)), opener.final()]);
  // Behind the message stands 2, the mark of the last record, and then nothing but zeros.
  return plain.subarray(0, plain.lastIndexOf(2)).toString();
}
