/**
 * Must be imported before onnxruntime-node, whose native library otherwise gathers telemetry from
 * the moment it is loaded: an id of the machine and a store of events in the home folder, sent by
 * network. The library reads the environment of the process, of which a worker thread only has a
 * copy.
 */
process.env.ORT_DISABLE_TELEMETRY = '1'
