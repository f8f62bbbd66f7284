<?php
// Arguments: the snippet, then secret, id, timestamp, signature, file of the body. Says whether the snippet takes it.
[, $snippet, $secret, $id, $at, $signature, $file] = $argv;
require $snippet;
$headers = ['webhook-id' => $id, 'webhook-timestamp' => $at, 'webhook-signature' => $signature];
echo verify($secret, $headers, file_get_contents($file)) ? "true\n" : "false\n";
