import { createServer } from 'node:http'

/** The definition that the platform stores: where the tool is, what the model may choose, and which token it needs. */
export function stockPrice(origin) {
  return {
    modelToolName: 'stock_price',
    description: 'Tells the price of a stock.',
    dynamicParameters: [
      { name: 'symbol', location: 'PARAMETER_LOCATION_PATH', schema: { type: 'string' }, required: true },
    ],
    http: { baseUrlPattern: `${origin}/stocks/{symbol}`, httpMethod: 'GET' },
    requirements: {
      httpSecurityOptions: { options: [{ requirements: { stockApiKey: { headerApiKey: { name: 'X-Stock-Key' } } } }] },
    },
  }
}

/** The tool itself: it answers whoever has the key. */
export function createStockTool(key = '<YOUR_TOKEN>') {
  return createServer((request, response) => {
    const known = request.headers['x-stock-key'] === key
    response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' })
    response.end(known ? '{"price":181.46,"currency":"USD"}' : '{"error":"unknown key"}')
  })
}
