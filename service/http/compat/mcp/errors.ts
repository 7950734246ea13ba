import type { ServiceError } from '../../../errors.js'
import type { ErrorResponse } from '../../plugins/errors.js'

/** The error codes of JSON-RPC 2.0, section 5.1. */
const PARSE_ERROR = -32700
const INTERNAL_ERROR = -32603
/** The code of the SDK for all errors of the transport. */
const TRANSPORT_ERROR = -32000

export function jsonRpcError (code: number, message: string, data?: object): object {
  return { jsonrpc: '2.0', id: null, error: { code, message, ...(data === undefined ? {} : { data }) } }
}

/** Formats an error that occurs before the body is a JSON-RPC message. An error of a tool is a result, which the model can read. */
export function errorResponse ({ statusCode, slug, body }: ServiceError): ErrorResponse {
  const code = statusCode === 400 ? PARSE_ERROR : statusCode >= 500 ? INTERNAL_ERROR : TRANSPORT_ERROR
  return { status: statusCode, body: jsonRpcError(code, String(body.message), { error: slug }) }
}
