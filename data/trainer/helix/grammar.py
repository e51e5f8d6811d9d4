# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""What can be said, as a table: one operation a line, and the English phrasings of each.

    HEAD | FIELDS | phrasing / phrasing / …

HEAD is a verb (an operation call, contract 1000), `#14` (that contract), or `=` (the bare value).
FIELDS and phrasings name slots; a slot's first letter is its kind, a digit tells two of a kind apart:

    h entity      a attribute     m mode           c condition      (handles)
    s quoted text  w bare word     p person        f file  d path   (strings)
    n number      x fraction      t truth value
    A list of numbers   W list of words   P list of people   H list of entities   R record (object)
    G numbers that belong together, such as a point or a size (object)

In FIELDS `&name` is a fixed handle, `"text"` a fixed string, `[]` an empty array.  No sentence may
have two meanings: the generator stops if it finds one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

TABLE = r'''
search | h s | Search {h} for {s} / Look for {s} in {h} / Find {s} in {h} / Scan {h} for {s} / Search for {s} in {h}
search | h | Search {h} / Look through {h} / Query {h}
filter | h c | Filter {h} that are {c} / Keep only {h} that are {c} / Show just {h} that are {c} / Select {h} that are {c}
filter | h a s | Filter {h} where {a} is {s} / Keep {h} whose {a} is {s} / Select {h} with {a} equal to {s}
filter | h a n | Filter {h} where {a} is {n} / Keep {h} whose {a} is {n} / Select {h} with {a} equal to {n}
transform | h m | Transform {h} to {m} / Convert {h} to {m} / Turn {h} into {m} / Encode {h} as {m} / Change {h} to {m}
aggregate | &sum h | Calculate the sum of {h} / Sum up {h} / Add up {h} / Total {h}
aggregate | &average h | Get the average of {h} / Average {h} / Work out the mean of {h}
aggregate | &max h | Find the maximum of {h} / Get the largest of {h} / Take the highest of {h}
aggregate | &min h | Find the minimum of {h} / Get the smallest of {h} / Take the lowest of {h}
aggregate | &count h | Count {h} / Tell how many there are of {h} / Get the number of {h}
read | f | Read the file {f} / Load the file {f} / Read in {f} / Read from {f}
read | d | Read the path {d} / Load from the path {d}
write | f h | Write {h} to {f} / Save {h} to {f} / Store {h} in {f} / Dump {h} into {f}
write | d h | Write {h} to the path {d} / Save {h} under the path {d}
execute | h | Execute {h} / Run {h} / Start {h} / Launch {h}
execute | s | Execute the command {s} / Run the command {s}
compute | h | Compute {h} / Calculate {h} / Work out {h}
validate | h h2 | Validate {h} against {h2} / Check {h} against {h2} / Verify {h} with {h2}
process | h | Process {h} / Handle {h} / Deal with {h}
navigate | h | Navigate to {h} / Go to {h} / Take me to {h} / Jump to {h}
navigate | &back | Go back / Navigate back / Go back to the previous page / Return to where I was
navigate | &forward | Go forward / Navigate forward / Move forward one page
open | h | Open {h} / Open up {h} / Bring up {h}
close | h | Close {h} / Shut {h} / Dismiss {h}
refresh | h | Refresh {h} / Reload {h} / Update the view of {h}
scroll | &top | Scroll to the top / Scroll all the way up / Jump to the start
scroll | &bottom | Scroll to the bottom / Scroll all the way down / Jump to the end
scroll | h | Scroll to {h} / Scroll until you see {h}
zoom | &in | Zoom in / Make it larger / Enlarge the view
zoom | &out | Zoom out / Make it smaller / Shrink the view
zoom | n | Zoom to {n} percent / Set the zoom to {n} percent
focus | h | Focus on {h} / Put the focus on {h} / Give focus to {h}
select | h | Select {h} / Mark {h} / Highlight {h}
show | h | Show {h} / Display {h} / Let me see {h}
hide | h | Hide {h} / Make {h} invisible
undo | &last | Undo the last action / Undo that / Take the last step back
redo | &action | Redo the action / Redo that / Do the last step again
copy | h h2 | Copy {h} to {h2} / Duplicate {h} into {h2} / Make a copy of {h} in {h2}
paste | h | Paste from {h} / Insert the contents of {h}
move | h h2 | Move {h} to {h2} / Transfer {h} to {h2} / Shift {h} into {h2}
merge | h h2 | Merge {h} with {h2} / Combine {h} and {h2} / Merge {h} and {h2}
join | h h2 | Join {h} with {h2} / Join {h} and {h2} / Link {h} with {h2}
join | h h2 a | Join {h} and {h2} on {a} / Join {h} with {h2} by {a}
sort | h a &desc | Sort {h} by {a} descending / Order {h} by {a}, highest first / Sort {h} by {a} from high to low
sort | h a &asc | Sort {h} by {a} ascending / Order {h} by {a}, lowest first / Sort {h} by {a} from low to high
sort | h a | Sort {h} by {a} / Order {h} by {a} / Arrange {h} by {a}
group | h a | Group {h} by {a} / Bundle {h} by {a} / Put {h} in groups by {a}
limit | h n | Limit {h} to {n} / Keep at most {n} of {h} / Show no more than {n} of {h} / Take {n} from {h}
skip | h n | Skip the first {n} of {h} / Skip {n} of {h} / Leave out the first {n} of {h}
map | h h2 | Map {h} over {h2} / Apply {h} to each of {h2}
reduce | h h2 | Reduce {h} with {h2} / Fold {h} with {h2}
flatten | h | Flatten {h} / Make {h} flat / Remove the nesting from {h}
reverse | h | Reverse {h} / Turn {h} around / Flip the order of {h}
unique | h | Get the unique values of {h} / Remove duplicates from {h} / Make {h} unique
split | h s | Split {h} by {s} / Split {h} at {s} / Break {h} apart at {s}
concat | h h2 | Concatenate {h} and {h2} / Concatenate {h} with {h2} / String {h} and {h2} together
replace | h s s2 | Replace {s} with {s2} in {h} / Within {h}, replace {s} by {s2} / Change {s} to {s2} in {h}
trim | h | Trim {h} / Strip the blanks from {h} / Cut the white space off {h}
contains | h s | Check if {h} contains {s} / Test whether {h} contains {s} / See whether {h} includes {s}
contains | h n | Check if {h} contains the number {n} / See if the number {n} is in {h}
length | h | Get the length of {h} / Tell how long {h} is / Measure {h}
get | h n | Get element {n} of {h} / Get item {n} from {h} / Fetch number {n} of {h}
get | h a | Get the {a} of {h} / Fetch the {a} of {h} / Look up the {a} of {h}
set | h n n2 | Set element {n} of {h} to {n2} / Put {n2} at position {n} of {h}
set | h a n | Set the {a} of {h} to {n} / Make the {a} of {h} equal to {n}
set | h a s | Set the {a} of {h} to {s} / Make the {a} of {h} read {s}
set | h a t | Set the flag {a} of {h} to {t} / Turn the flag {a} of {h} to {t}
append | h s | Append {s} to {h} / Add {s} to {h} / Put {s} at the end of {h}
append | h n | Append the number {n} to {h} / Add the number {n} to {h}
append | h A | Append the numbers {A} to {h} / Add the numbers {A} to {h}
append | h R | Append a record with {R} to {h} / Add a record with {R} to {h}
remove | h s | Remove {s} from {h} / Take {s} out of {h} / Drop {s} from {h}
clear | h | Clear {h} / Empty {h} / Wipe {h}
delete | h a n | Delete {h} with {a} {n} / Delete {h} where {a} equals {n}
delete | h | Delete {h} / Erase {h} / Get rid of {h}
update | h a s | Update the {a} of {h} to {s} / Update {h} with {a} {s}
insert | h R | Insert a record with {R} into {h} / Insert into {h} a record with {R}
rename | h s | Rename {h} to {s} / Call {h} {s} from here on / Give {h} the name {s}
send | h p | Send {h} to {p} / Forward {h} to {p} / Mail {h} to {p}
assign | h p | Assign {h} to {p} / Give {h} to {p} / Hand {h} over to {p}
share | h P | Share {h} with {P} / Let {P} see {h}
notify | p s | Notify {p} about {s} / Tell {p} about {s} / Let {p} know about {s}
schedule | h n | Schedule {h} in {n} minutes / Run {h} after {n} minutes / Delay {h} by {n} minutes
repeat | h n | Repeat {h} {n} times / Do {h} {n} times
compare | h h2 | Compare {h} with {h2} / Compare {h} and {h2} / Show the difference between {h} and {h2}
lock | h | Lock {h} / Protect {h} from changes
unlock | h | Unlock {h} / Allow changes to {h}
download | h h2 | Download {h} to {h2} / Fetch {h} down to {h2}
upload | h h2 | Upload {h} to {h2} / Send {h} up to {h2}
dispatch | h A | Dispatch {h} with groups {A} / Dispatch {h} in groups of {A}
bind | h n | Bind {h} to slot {n} / Attach {h} to slot {n}
sync | h | Synchronize {h} / Sync {h} / Wait for {h} to finish
render | h h2 | Render {h} to {h2} / Draw {h} onto {h2}
present | h | Present {h} / Put {h} on the screen
train | h h2 | Train {h} on {h2} / Fit {h} to {h2} / Teach {h} with {h2}
infer | h h2 | Run inference with {h} on {h2} / Predict with {h} from {h2}
evaluate | h h2 | Evaluate {h} on {h2} / Test {h} with {h2} / Judge {h} by {h2}
save | h f | Save the state of {h} as {f} / Save a checkpoint of {h} as {f}
load | h f | Load {h} from {f} / Restore {h} from {f}
forward | h h2 | Pass {h2} forward through {h} / Run {h} forward on {h2}
backward | h | Run the backward pass for {h} / Backpropagate {h}
optimize | h h2 | Optimize {h} with {h2} / Improve {h} using {h2}
embed | h h2 | Embed {h} with {h2} / Embed {h} using {h2}
tokenize | h | Tokenize {h} / Break {h} into tokens
decode | h | Decode {h} / Turn the tokens of {h} back into text
generate | h s | Generate text with {h} from {s} / Let {h} continue {s}
sample | h x | Sample from {h} at temperature {x} / Draw from {h} with temperature {x}
batch | h n | Batch {h} by {n} / Make batches of {n} from {h}
#14 | n | Integer literal {n} / The integer literal {n}
#15 | x | Float literal {x} / The float literal {x}
#16 | s | Text literal {s} / The text literal {s}
#20 | h | Handle literal for {h} / The handle literal of {h}
#21 | null | Null literal / The null literal
#22 | t | Boolean literal {t} / The boolean literal {t}
#100 | s [] | Create a code block named {s} / Make an empty code block {s}
#101 | "add" n n2 | Add {n} and {n2} / Plus expression of {n} and {n2}
#101 | "subtract" n n2 | Subtract {n2} from {n} / Minus expression of {n} and {n2}
#101 | "multiply" n n2 | Multiply {n} by {n2} / Product expression of {n} and {n2}
#101 | "divide" n n2 | Divide {n} by {n2} / Quotient expression of {n} and {n2}
#102 | w | Reference the variable {w} / Use the variable {w}
#103 | w n | Assign {n} to the variable {w} / Let the variable {w} be {n}
#103 | w s | Assign {s} to the variable {w} / Let the variable {w} be {s}
#103 | w t | Let the variable {w} be {t} / Set the variable {w} to {t}
#104 | w W h | Define function {w} with parameters {W} and body {h} / Define {w} taking {W} as {h}
#105 | w A | Call function {w} with {A} / Call {w} on the numbers {A}
#105 | w W | Call {w} with the words {W} / Call function {w} with the words {W}
#106 | t h h2 | If {t} then {h} else {h2} / When {t} do {h}, otherwise {h2}
#107 | h h2 | While {h} holds do {h2} / Loop over {h2} as long as {h} holds
#900 | h w "compute" | Load {h} as a compute shader with entry {w} / Create a compute shader from {h} with entry {w}
#900 | h w "vertex" | Load {h} as a vertex shader with entry {w} / Create a vertex shader from {h} with entry {w}
#900 | h w "fragment" | Load {h} as a fragment shader with entry {w} / Create a fragment shader from {h} with entry {w}
#901 | "map" h | Configure a map kernel from {h} / Set up a map kernel with {h}
#901 | "reduce" h | Configure a reduce kernel from {h} / Set up a reduce kernel with {h}
#901 | "scan" h | Configure a scan kernel from {h} / Set up a scan kernel with {h}
#902 | "render_pipeline" H | Create a render pipeline from {H} / Build a render pipeline out of {H}
#902 | "compute_pipeline" H | Create a compute pipeline from {H} / Build a compute pipeline out of {H}
= | null | Represent nothing / Empty value / No value at all / Nothing
= | t | The truth value {t} / Represent {t} / The boolean {t}
= | n | The number {n} / Number {n} / The integer {n} / Represent the number {n}
= | x | The fraction {x} / The decimal number {x} / Float {x}
= | s | The text {s} / The string {s} / Represent the text {s}
= | h | A reference to {h} / Refer to {h} / A handle for {h}
= | A | A list of the numbers {A} / List of numbers {A} / The numbers {A}
= | A | The scores {A} / Scores of {A} / A list of the scores {A}
= | A | The sizes {A} / Sizes of {A} / Bytes with the values {A}
= | G | With {G} / Something with {G} / An object with {G} / A record of {G}
= | G | The values {G} / An entry of {G} / Set {G}
set | h G | Set {h} to {G} / Give {h} the values {G} / Put {G} into {h}
move | h G | Move {h} by {G} / Shift {h} by {G}
resize | h n n2 | Resize {h} to {n} by {n2} / Make {h} {n} by {n2}
range | n n2 | Make the range from {n} to {n2} / Count from {n} to {n2} / List all numbers from {n} to {n2}
wait | n | Wait for {n} seconds / Pause for {n} seconds / Sleep {n} seconds
retry | h n | Retry {h} {n} times / Try {h} again up to {n} times
index | h A | Index {h} by the numbers {A} / Take the rows {A} of {h}
= | P | A list of the people {P} / List of names {P} / The people {P}
= | W | A list of the words {W} / List of words {W} / The words {W}
= | H | A list of handles for {H} / References to {H}
= | R | A record with {R} / An object with {R} / An entry with {R} / Record with {R}
= | [] | Empty list / A list with nothing in it / An array without elements
'''

_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Rule:
    """One line of the table."""

    head: str
    fields: tuple[str, ...]
    phrasings: tuple[str, ...]

    @property
    def slots(self) -> tuple[str, ...]:
        """The slots its phrasings name, each once, in the order of FIELDS."""
        return tuple(field for field in self.fields if f"{{{field}}}" in self.phrasings[0])


def rules() -> list[Rule]:
    """Return the table as rules; every phrasing names exactly the slots of its FIELDS."""
    found = []
    for line in TABLE.strip().splitlines():
        head, fields, phrasings = (part.strip() for part in line.split(" | "))
        rule = Rule(head, tuple(fields.split()), tuple(p.strip() for p in phrasings.split(" / ")))
        for phrasing in rule.phrasings:
            if sorted(_SLOT.findall(phrasing)) != sorted(rule.slots):
                raise ValueError(f"grammar: {phrasing!r} does not name the slots {rule.slots}")
        found.append(rule)
    return found
