/** PSD files as documents of the stand-in, and back. */
export { readPsd } from './psd/read.ts'
export { writePsd } from './psd/write.ts'
