import { connect } from 'node:net'

/** Sends bytes on a new connection. Resolves with all received data. */
export async function exchange (port: number, bytes: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    let response = ''
    connect(port, '127.0.0.1').on('data', (data) => { response += String(data) }).on('end', () => resolve(response)).on('error', reject).end(bytes)
  })
}
