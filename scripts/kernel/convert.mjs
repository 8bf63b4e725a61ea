// @ts-check
/** Cells from TypeScript to JavaScript: tslab's converter, with lines that can be found again and awaits that can be interrupted. */
import { createRequire, SourceMap } from 'node:module';

const require = createRequire(import.meta.url);
/**
 * The compiler's own types are TypeScript's.
 * @type {typeof import('typescript')}
 */
const ts = require('@tslab/typescript-for-tslab');

/** @typedef {{start: {line: number, character: number}, messageText: string, code: number}} Diagnostic line and character from 0 */
/** @typedef {{output?: string, declOutput?: string, diagnostics: Diagnostic[], hasToplevelAwait?: boolean, sideOutputs?: unknown, lastExpressionVar?: string}} Converted */
/** @typedef {{convert(declarations: string, source: string): Converted, inspect: Function, complete: Function, addModule: Function, close(): void}} Converter */

/** What the code of a cell calls, as globals of the kernel. */
const AWAITED = '__tslab__.awaited';
const ITERATED = '__tslab__.iterated';

const MAP = /\n?\/\/# sourceMappingURL=data:application\/json;base64,(\S+)\s*$/;
/**
 * tslab emits in two steps: the maps of the first, as the second meets them.
 * @type {SourceMap[]}
 */
const firstMaps = [];

// tslab asks the compiler for no source maps, so the compiler that it gets asks itself.
const { createWatchCompilerHost, transpileModule } = ts;
const compiler = require.cache[require.resolve('@tslab/typescript-for-tslab')];
if (compiler) {
  compiler.exports = {
    ...ts,
    createWatchCompilerHost: (
      /** @type {any} */ files,
      /** @type {object} */ options,
      /** @type {any} */ system,
      /** @type {unknown} */ _,
      /** @type {any[]} */ ...rest
    ) => {
      const own = { ...options, inlineSourceMap: true, types: ['node'] };
      return /** @type {any} */ (createWatchCompilerHost)(files, own, system, createProgram, ...rest);
    },
    transpileModule: (/** @type {string} */ text, /** @type {any} */ options) => {
      const { code, map } = splitMap(text);
      if (map) firstMaps.push(map);
      const compilerOptions = { ...options.compilerOptions, inlineSourceMap: true };
      return transpileModule(code, { ...options, compilerOptions, transformers: { before: [guardAwaits] } });
    },
  };
}
const { createConverter } = require('tslab/dist/converter');

/**
 * A program that knows no more than a cell needs. The one that tslab takes else finds out after every cell which of a thousand
 * files refers to which, in half of all the time that it takes.
 *
 * @param {any[]} given
 */
function createProgram(...given) {
  const [, options] = given;
  const builder = /** @type {any} */ (ts.createAbstractBuilder)(...given);
  /** @param {any} file */
  const importedBy = (file) => {
    const checker = builder.getProgram().getTypeChecker();
    return (file.imports ?? []).flatMap((/** @type {import('typescript').Node} */ name) => {
      const module = checker.getSymbolAtLocation(name)?.declarations?.find(ts.isSourceFile);
      return module && !module.isDeclarationFile ? [module] : [];
    });
  };
  return {
    ...builder,
    getSourceFile(/** @type {string} */ name) {
      const file = builder.getSourceFile(name);
      // tslab reads a cell's names from its file, which have to be found first.
      if (file && !file.locals) /** @type {any} */ (ts).bindSourceFile(file, options);
      return file;
    },
    /** The cell's file and those in TypeScript or JavaScript that it imports, by name. */
    getAllDependencies(/** @type {any} */ file) {
      const found = new Set([file]);
      for (const one of found) for (const imported of importedBy(one)) found.add(imported);
      return [...found].map(({ fileName }) => fileName);
    },
  };
}

/** @param {string} text */
function splitMap(text) {
  const [, encoded] = MAP.exec(text) ?? [];
  if (!encoded) return { code: text };
  return { code: text.replace(MAP, '\n'), map: new SourceMap(JSON.parse(Buffer.from(encoded, 'base64').toString())) };
}

/**
 * What a place was made from.
 *
 * @param {SourceMap} map
 * @param {{originalLine: number, originalColumn: number} | undefined} place
 */
function entryOf(map, place) {
  const entry = place && map.findEntry(place.originalLine, place.originalColumn);
  return entry && 'originalLine' in entry ? entry : undefined;
}

/**
 * `await x` becomes a call that an interrupt ends: see cell.mjs.
 * @type {import('typescript').TransformerFactory<import('typescript').SourceFile>}
 */
const guardAwaits = (context) => (file) => {
  const { factory } = context;
  /**
   * @param {string} name
   * @param {import('typescript').Expression} argument
   */
  const call = (name, argument) => factory.createCallExpression(factory.createIdentifier(name), undefined, [argument]);
  /** @type {import('typescript').Visitor} */
  const visit = (original) => {
    const node = ts.visitEachChild(original, visit, context);
    if (ts.isAwaitExpression(node)) return factory.updateAwaitExpression(node, call(AWAITED, node.expression));
    if (ts.isForOfStatement(node) && node.awaitModifier) {
      const { awaitModifier, initializer, expression, statement } = node;
      return factory.updateForOfStatement(node, awaitModifier, initializer, call(ITERATED, expression), statement);
    }
    return node;
  };
  return /** @type {import('typescript').SourceFile} */ (ts.visitNode(file, visit));
};

/**
 * Names of properties, written so that tslab leaves them alone: it takes them for names of earlier cells, where the type of the
 * value is written there. `{ preset }` becomes `{ preset: preset }`, and `({ n: first }) =>` becomes `({ 'n': first }) =>`.
 *
 * @param {string} source
 */
export function plainProperties(source) {
  const file = ts.createSourceFile('cell.ts', source, ts.ScriptTarget.Latest, true);
  /** @type {{at: number, text: string}[]} */
  const added = [];
  const visit = (/** @type {import('typescript').Node} */ node) => {
    if (ts.isShorthandPropertyAssignment(node)) added.push({ at: node.name.end, text: `: ${node.name.text}` });
    if (ts.isBindingElement(node) && node.propertyName && ts.isIdentifier(node.propertyName)) {
      const { propertyName } = node;
      added.push({ at: propertyName.getStart(file), text: "'" }, { at: propertyName.end, text: "'" });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return added.reduceRight((text, { at, text: more }) => text.slice(0, at) + more + text.slice(at), source);
}

/**
 * A converter that remembers what it has converted, and what of a cell that failed half-way is there all the same.
 */
export class Cells {
  /** @type {Converter} */
  #converter = createConverter({ isJS: false, isBrowser: false });
  /** @type {{source: string, locate: (line: number, column: number) => number | undefined}[]} */
  #converted = [];
  /** What the cells so far have declared, as text: tslab itself forgets a cell that fails. */
  #declared = '';
  /**
   * The same with the cell that was converted last, until it has run.
   * @type {string | undefined}
   */
  #declaring;

  /**
   * What the compiler finds in the cell that was converted last.
   * @type {Diagnostic[]}
   */
  diagnostics = [];

  /** The converter that tslab's executor asks for; it tells tslab of one diagnostic at most, since tslab prints each. */
  converter() {
    const converter = this.#converter;
    return {
      ...converter,
      convert: (/** @type {string} */ _, /** @type {string} */ source) => {
        const converted = this.#convert(source);
        this.diagnostics = converted.diagnostics;
        return { ...converted, diagnostics: converted.diagnostics.slice(0, 1) };
      },
      inspect: (/** @type {string} */ _, /** @type {any[]} */ ...rest) => converter.inspect(this.#declared, ...rest),
      complete: (/** @type {string} */ _, /** @type {any[]} */ ...rest) => converter.complete(this.#declared, ...rest),
    };
  }

  /** The text of the cell that was converted last. */
  get source() {
    return this.#converted.at(-1)?.source ?? '';
  }

  /**
   * The place in a cell that a place in its script was made from: the cell's text and the line, from 1.
   *
   * @param {number} script its number, as in the name cell-NUMBER.js
   * @param {number} line
   * @param {number} column
   */
  placeOf(script, line, column) {
    const { source, locate } = this.#converted[script];
    const found = locate(line, column);
    return found === undefined ? undefined : { source, line: found };
  }

  /** @param {string} source */
  #convert(source) {
    firstMaps.length = 0;
    const converted = this.#converter.convert(this.#declared, plainProperties(source));
    const number = this.#converted.length;
    this.#converted.push({ source, locate: () => undefined });
    this.#declaring = converted.declOutput;
    if (!converted.output) return converted;
    const { code, map } = splitMap(converted.output);
    // Without the line that first sets every name to nothing: what a failed cell did not come to keeps its value.
    const kept = code.trimEnd().replace(/^(exports\.[\w$]+ = )+void 0;$/m, '');
    const lines = kept.split('\n').length;
    const first = firstMaps.at(-1);
    if (map && first) {
      this.#converted[number].locate = (line, column) => {
        if (line > lines) return undefined; // where tslab calls it
        const entry = entryOf(first, entryOf(map, { originalLine: line - 1, originalColumn: column - 1 }));
        // The first line of what the compiler reads is tslab's own.
        return entry && entry.originalLine > 0 ? entry.originalLine : undefined;
      };
    }
    return { ...converted, output: `${kept}\n//# sourceURL=cell-${number}.js` };
  }

  /** Takes over all that the cell that was converted last declares. */
  keepAll() {
    this.#declared = this.#declaring ?? this.#declared;
    this.#declaring = undefined;
  }

  /**
   * Takes over what a cell that failed half-way has declared: the names that have got their values. The others stay what
   * they were before.
   *
   * @param {ReadonlySet<string>} assigned
   */
  keepAssigned(assigned) {
    if (this.#declaring === undefined) return;
    const reached = declarationsOf(this.#declaring, { isWanted: (name) => assigned.has(name) });
    const before = declarationsOf(this.#declared, { isWanted: (name) => !assigned.has(name), types: false });
    this.#declared = reached + before;
    this.#declaring = undefined;
  }
}

/**
 * The text of the declarations of the names that are wanted, and of all types.
 *
 * @param {string} declarations
 * @param {{isWanted: (name: string) => boolean, types?: boolean}} options
 */
function declarationsOf(declarations, { isWanted, types = true }) {
  const file = ts.createSourceFile('declarations.d.ts', declarations, ts.ScriptTarget.Latest, true);
  const isWantedNode = (/** @type {import('typescript').Node | undefined} */ name) =>
    name !== undefined && isWanted(name.getText(file));
  return file.statements
    .map((statement) => {
      const text = `${statement.getText(file)}\n`;
      if (ts.isVariableStatement(statement)) {
        const { declarations: all, flags } = statement.declarationList;
        const word = flags & ts.NodeFlags.Const ? 'const' : 'let';
        const wanted = all.filter(({ name }) => isWantedNode(name));
        return wanted.map((one) => `declare ${word} ${one.getText(file)};\n`).join('');
      }
      if (ts.isImportDeclaration(statement)) return importOf(statement, file, isWanted);
      if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) || ts.isEnumDeclaration(statement)) {
        return isWantedNode(statement.name) ? text : '';
      }
      return types ? text : '';
    })
    .join('');
}

/**
 * @param {import('typescript').ImportDeclaration} statement
 * @param {import('typescript').SourceFile} file
 * @param {(name: string) => boolean} isWanted
 */
function importOf({ importClause, moduleSpecifier }, file, isWanted) {
  const from = ` from ${moduleSpecifier.getText(file)};\n`;
  const bindings = importClause?.namedBindings;
  const own = importClause?.name && isWanted(importClause.name.text) ? `import ${importClause.name.text}${from}` : '';
  if (!bindings) return own;
  if (ts.isNamespaceImport(bindings)) {
    return own + (isWanted(bindings.name.text) ? `import ${bindings.getText(file)}${from}` : '');
  }
  const wanted = bindings.elements.filter(({ name }) => isWanted(name.text)).map((one) => one.getText(file));
  return own + (wanted.length > 0 ? `import { ${wanted.join(', ')} }${from}` : '');
}
