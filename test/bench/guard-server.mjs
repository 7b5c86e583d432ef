/** Serves one variant in a process of its own: `node guard-server.mjs VARIANT`. Started by `guard.mjs`. */
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import express from 'express'
import rateLimit from 'express-rate-limit'
import passport from 'passport'
import { Strategy as BearerStrategy } from 'passport-http-bearer'
import { createKeyring, createMemoryStore, guard, guardNode } from '../../dist/inbound/index.js'

const LIMIT = 1_000_000_000
const BODY = '{"ok":true}'

const VARIANTS = {
  'node http': async () => ({ server: createServer((_, response) => answer(response)), key: '' }),
  'node http, guarded': async () => {
    const { protect, key } = await guardWithKey()
    const listener = (request, response) => protect(request, response, () => answer(response))
    return { server: createServer(listener), key }
  },
  express: async () => ({ server: createServer(expressApp()), key: '' }),
  'express, guarded': async () => {
    const { protect, key } = await guardWithKey()
    return { server: createServer(expressApp(protect)), key }
  },
  'express, passport-http-bearer and express-rate-limit': async () => {
    const key = 'k'.repeat(53)
    return { server: createServer(expressApp(...published(key))), key }
  },
}

const { server, key } = await VARIANTS[process.argv[2]]()
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port, key }))
process.on('disconnect', () => process.exit(0))

function answer(response) {
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(BODY)
}

function expressApp(...middleware) {
  const app = express()
  app.disable('x-powered-by').disable('etag')
  app.get('/orders', ...middleware, (_, response) => answer(response))
  return app
}

async function guardWithKey() {
  const keyring = createKeyring({ store: createMemoryStore(), prefix: 'bench' })
  await keyring.configureTenant('t', { apiAccess: true, scopes: ['orders:read'], dailyLimit: LIMIT }, 'bench')
  const created = await keyring.create({ tenant: 't', scopes: ['orders:read'], createdBy: 'bench' })
  const protect = guardNode(guard({ keyring, scopes: ['orders:read'], trustedProxies: ['127.0.0.1'] }))
  return { protect, key: created.value.key.reveal() }
}

/** The same job by published packages: a key by its digest, its scope, and a limit by tenant and day with its fields. */
function published(key) {
  const keys = new Map([[digest(key), { tenant: 't', scopes: ['orders:read'] }]])
  const check = (token, done) => done(null, keys.get(digest(token)) ?? false)
  passport.use(new BearerStrategy(check))
  const limit = rateLimit({
    windowMs: 86_400_000,
    limit: LIMIT,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: ({ user }) => user.tenant,
  })
  const scope = ({ user }, response, next) => (user.scopes.includes('orders:read') ? next() : response.sendStatus(403))
  return [passport.authenticate('bearer', { session: false }), scope, limit]
}

function digest(text) {
  return createHash('sha256').update(text).digest('base64url')
}
