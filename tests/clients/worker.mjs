// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The Training Center developers

// Drives the vendors' own clients. A line of JSON on stdin asks, a line on
// stdout answers: what the client made of it, in one form for all three. It
// judges nothing; test_clients.py does.

import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(`${process.env.TC_NPM}/package.json`);
const { default: Anthropic } = require('@anthropic-ai/sdk');
const { default: OpenAI } = require('openai');
const { Ollama } = require('ollama');

// A client of the program: without arguments from the environment, as a script has it.
function options(job) {
  const given = { maxRetries: job.retries ?? 0, timeout: job.timeout ?? 20000 };
  return job.env ? given : { ...given, baseURL: job.base, apiKey: job.token };
}

async function anthropic(job, seen) {
  const client = new Anthropic(options(job));
  if (!job.stream) {
    const { data, response } = await client.messages.create(job.body).withResponse();
    seen.headers = Object.fromEntries(response.headers);
    return fromMessage(data);
  }
  const stream = client.messages.stream(job.body);
  const took = clock(seen);
  stream.on('streamEvent', (event) => {
    took(event.type === 'content_block_delta');
    if (seen.chunks === job.abortAfter)
      stream.abort();
  });
  stream.on('text', (text) => { seen.partial += text; });
  return fromMessage(await stream.finalMessage());
}

function fromMessage(data) {
  const of = (type) => data.content.filter((block) => block.type === type);
  return {
    id: data.id, model: data.model, finish: data.stop_reason, usage: data.usage,
    text: of('text').map((block) => block.text).join(''),
    thinking: of('thinking').map((block) => block.thinking).join(''),
    tools: of('tool_use').map((block) => ({ id: block.id, name: block.name, arguments: block.input })),
  };
}

async function openai(job, seen) {
  const client = new OpenAI(options(job));
  if (!job.stream) {
    const { data, response } = await client.chat.completions.create(job.body).withResponse();
    seen.headers = Object.fromEntries(response.headers);
    return fromCompletion(data, data.choices[0].message.reasoning_content ?? '');
  }
  const stream = client.chat.completions.stream(job.body);
  const took = clock(seen);
  let thinking = '';
  stream.on('chunk', (chunk) => {
    const delta = chunk.choices[0]?.delta ?? {};
    thinking += delta.reasoning_content ?? delta.reasoning ?? '';
    took(Boolean(delta.content || delta.tool_calls));
    if (seen.chunks === job.abortAfter)
      stream.abort();
  });
  stream.on('content', (text) => { seen.partial += text; });
  return fromCompletion(await stream.finalChatCompletion(), thinking);
}

function fromCompletion(data, thinking) {
  const { message, finish_reason: finish } = data.choices[0];
  return {
    id: data.id, model: data.model, finish, usage: data.usage ?? null, text: message.content ?? '', thinking,
    tools: (message.tool_calls ?? []).map((call) => ({
      id: call.id, name: call.function.name, arguments: JSON.parse(call.function.arguments),
    })),
  };
}

async function ollama(job, seen) {
  const client = job.env ? new Ollama({ host: process.env.OLLAMA_HOST }) : new Ollama({ host: job.base });
  if (!job.stream)
    return fromLines([await client.chat({ ...job.body, stream: false })]);
  const took = clock(seen);
  const lines = [];
  const stream = await client.chat({ ...job.body, stream: true });
  for await (const line of stream) {
    lines.push(line);
    seen.partial += line.message.content;
    took(Boolean(line.message.content));
    if (seen.chunks === job.abortAfter)
      stream.abort();
  }
  return fromLines(lines);
}

function fromLines(lines) {
  const last = lines.at(-1);
  return {
    id: '', model: last.model, finish: last.done ? last.done_reason : null,
    usage: { prompt_eval_count: last.prompt_eval_count ?? 0, eval_count: last.eval_count ?? 0 },
    text: lines.map((line) => line.message.content ?? '').join(''),
    thinking: lines.map((line) => line.message.thinking ?? '').join(''),
    tools: lines.flatMap((line) => line.message.tool_calls ?? [])
      .map((call) => ({ id: '', name: call.function.name, arguments: call.function.arguments })),
  };
}

// Counts pieces of a stream and when the first text came.
function clock(seen) {
  return (isText) => {
    seen.chunks += 1;
    if (isText) {
      seen.texts.push(Date.now() - seen.began);
    }
  };
}

const clients = { anthropic, openai, ollama };

function fromError(error) {
  return {
    name: error.constructor.name, message: String(error.message), status: error.status ?? error.status_code ?? null,
    type: error.type ?? error.error?.error?.type ?? null, code: error.code ?? null,
    headers: error.headers ? Object.fromEntries(error.headers) : {}, body: error.error ?? null,
  };
}

async function chat(job) {
  const seen = { chunks: 0, texts: [], partial: '', began: Date.now() };
  try {
    Object.assign(seen, { ok: true, answer: await clients[job.client](job, seen) });
  } catch (error) {
    Object.assign(seen, { ok: false, error: fromError(error) });
  }
  seen.took = Date.now() - seen.began;
  return seen;
}

async function models(job) {
  if (job.client === 'ollama')
    return (await new Ollama({ host: job.base }).list()).models.map((model) => model.model);
  const client = job.client === 'openai' ? new OpenAI(options(job)) : new Anthropic(options(job));
  const found = [];
  for await (const model of client.models.list())
    found.push(model.id);
  return found;
}

// The mock that others wrote.
let mock = null;

async function aimock(job) {
  const { LLMock } = require('@copilotkit/aimock');
  if (job.does === 'start') {
    mock = new LLMock({ port: 0 });
    for (const { match, response, options: more } of job.fixtures)
      mock.on(match, response, more);
    await mock.start();
    return { url: mock.url };
  }
  if (job.does === 'journal') {
    return mock.getRequests().map((entry) => ({
      path: entry.path, headers: entry.headers, status: entry.response.status, model: entry.body?.model,
      usage: entry.response.fixture?.response?.usage ?? null, interrupted: entry.response.interrupted ?? false,
    }));
  }
  await mock.stop();
  return {};
}

function env(job) {
  Object.assign(process.env, job.set);
  return {};
}

// A second opinion on server-sent events.
function events(job) {
  const { createParser } = require('eventsource-parser');
  const found = [];
  createParser({ onEvent: (event) => found.push({ event: event.event ?? null, data: event.data }) }).feed(job.text);
  return found;
}

const operations = { chat, models, aimock, env, events };

for await (const line of createInterface({ input: process.stdin })) {
  const job = JSON.parse(line);
  let reply;
  try {
    reply = { value: await operations[job.op](job) };
  } catch (error) {
    reply = { failure: fromError(error), stack: error.stack };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
process.exit(0);
