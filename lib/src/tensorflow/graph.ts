/** Writes a list of nodes as a TensorFlow SavedModel, with the protobuf classes that tfjs-node ships. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** An attribute as tfjs hands it to the binding: `type` is one of the binding's TF_ATTR_… numbers. */
export interface GraphAttribute {
  name: string;
  type: number;
  value: unknown;
}

/** One operation: inputs are "node:output" names. */
export interface GraphNode {
  name: string;
  op: string;
  inputs: string[];
  attributes: GraphAttribute[];
  /** The value of a Const. */
  tensor?: { shape: number[]; dtype: number; bytes: Uint8Array };
}

// The generated protobuf module has no type declarations.
// biome-ignore lint/suspicious/noExplicitAny: generated code without types
const messages: any = require('@tensorflow/tfjs-node-gpu/dist/proto/api_pb');

// TF_AttrType of the C library: string, int, float, bool, type, shape.
const [STRING, INT, FLOAT, BOOL, TYPE, SHAPE] = [0, 1, 2, 3, 4, 5];
/** GraphDef version that current TensorFlow writes; older numbers switch on old behaviour. */
const PRODUCER = 2000;

/** Random operations stay out of XLA: there they would draw other numbers than TensorFlow does, and draw them anew for every use. */
const RANDOM = /^StatelessRandom/;

/** Writes `folder`/saved_model.pb, tagged "serve". Without `xla` every node is kept out of XLA's clusters. */
export function writeSavedModel(folder: string, nodes: GraphNode[], { xla }: { xla: boolean }): void {
  const graph = new messages.GraphDef();
  for (const node of nodes) graph.addNode(encodeNode(node, xla));
  const versions = new messages.VersionDef();
  versions.setProducer(PRODUCER);
  graph.setVersions(versions);
  const info = new messages.MetaGraphDef.MetaInfoDef();
  info.addTags('serve');
  const meta = new messages.MetaGraphDef();
  meta.setMetaInfoDef(info);
  meta.setGraphDef(graph);
  const model = new messages.SavedModel();
  model.setSavedModelSchemaVersion(1);
  model.addMetaGraphs(meta);
  writeFileSync(join(folder, 'saved_model.pb'), model.serializeBinary());
}

function encodeNode({ name, op, inputs, attributes, tensor }: GraphNode, xla: boolean) {
  const node = new messages.NodeDef();
  node.setName(name);
  node.setOp(op);
  node.setInputList(inputs.map((input) => input.replace(/:0$/, '')));
  const map = node.getAttrMap();
  for (const attribute of attributes) map.set(attribute.name, encodeAttribute(attribute));
  if (tensor) {
    const proto = new messages.Tensor();
    proto.setDtype(tensor.dtype);
    proto.setTensorShape(encodeShape(tensor.shape));
    proto.setTensorContent(tensor.bytes);
    const value = new messages.AttrValue();
    value.setTensor(proto);
    map.set('value', value);
  }
  if (!xla || RANDOM.test(op)) {
    const value = new messages.AttrValue();
    value.setB(false);
    map.set('_XlaCompile', value);
  }
  return node;
}

function encodeAttribute({ type, value }: GraphAttribute) {
  const attribute = new messages.AttrValue();
  if (Array.isArray(value) && type !== SHAPE) {
    const list = new messages.AttrValue.ListValue();
    if (type === INT) list.setIList(value);
    else if (type === FLOAT) list.setFList(value);
    else if (type === TYPE) list.setTypeList(value);
    else throw new Error(`Attribute list of type ${type} cannot be written to a graph.`);
    attribute.setList(list);
  } else if (type === STRING) attribute.setS(Buffer.from(value as string).toString('base64'));
  else if (type === INT) attribute.setI(value);
  else if (type === FLOAT) attribute.setF(value);
  else if (type === BOOL) attribute.setB(value);
  else if (type === TYPE) attribute.setType(value);
  else if (type === SHAPE) attribute.setShape(encodeShape(value as number[]));
  else throw new Error(`Attribute of type ${type} cannot be written to a graph.`);
  return attribute;
}

function encodeShape(shape: number[]) {
  const proto = new messages.TensorShape();
  for (const length of shape) {
    const dim = new messages.TensorShape.Dim();
    dim.setSize(length);
    proto.addDim(dim);
  }
  return proto;
}
