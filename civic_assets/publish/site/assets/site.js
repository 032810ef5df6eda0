"use strict";
// Adds to pages what needs a script: tables that can be sorted, and buttons that copy. Every page can be read whole
// without it.
