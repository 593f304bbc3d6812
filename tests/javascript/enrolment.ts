/** A learner registers, signs in, enrols in the first course and completes its first item. */

import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Problem = components["schemas"]["Problem"];
type Answer<T> = { data?: T; error?: Problem; response: Response };

function dataOf<T>({ data, error, response }: Answer<T>): T {
  if (data === undefined) {
    throw new Error(`${response.status} ${error?.code}: ${error?.detail}`);
  }
  return data;
}

function firstOf<T>(items: readonly T[]): T {
  const [first] = items;
  if (first === undefined) {
    throw new Error("The list is empty.");
  }
  return first;
}

const [baseUrl, email, password] = process.argv.slice(2);
if (baseUrl === undefined || email === undefined || password === undefined) {
  throw new Error("Usage: node enrolment.js URL EMAIL PASSWORD");
}

const stranger = createClient<paths>({ baseUrl });
dataOf(await stranger.POST("/v1/auth/register", { body: { email, password, name: "Anna" } }));
const session = dataOf(await stranger.POST("/v1/auth/login", { body: { email, password } }));

const headers = { Authorization: `Bearer ${session.access_token}` };
const anna = createClient<paths>({ baseUrl, headers });
const { items: courses } = dataOf(await anna.GET("/v1/courses"));
const course = firstOf(courses).slug;
const path = { course };
const { modules } = dataOf(await anna.GET("/v1/courses/{course}", { params: { path } }));
const item = firstOf(firstOf(modules).items);

const enrolment = { params: { path, header: { "Idempotency-Key": "once" } } };
const enrolled = dataOf(await anna.POST("/v1/courses/{course}/enroll", enrolment));
const repeated = dataOf(await anna.POST("/v1/courses/{course}/enroll", enrolment));
const { error: rejection } = await anna.POST("/v1/courses/{course}/enroll", { params: { path } });
const completion = { params: { path: { course, item_id: item.id } } };
dataOf(await anna.POST("/v1/courses/{course}/items/{item_id}/complete", completion));
const progress = dataOf(await anna.GET("/v1/progress/{course}", { params: { path } }));

const report = {
  course,
  enrolled: enrolled.status,
  repeated: repeated.enrolled_at === enrolled.enrolled_at,
  rejection: rejection?.code,
  completed: progress.completed_items.includes(item.id),
  percent: progress.percent_complete,
};
console.log(JSON.stringify(report));
