#!/bin/sh
# Asks a public service whether a version in requirements.txt has a known weakness. Status 1: one has. What the service
# could not be asked about is said and is no failure: nobody should take silence for an answer.
out=$(.venv/bin/pip-audit --requirement requirements.txt --no-deps --disable-pip --progress-spinner off --timeout 10 2>&1)
status=$?
unasked=$(echo "$out" | grep -c "could not be audited")
wanted=$(grep -c "^[a-zA-Z]" requirements.txt)
if echo "$out" | grep -q "^Found [0-9]* known vulnerabilit"; then
    echo "$out"
    exit 1
fi
if [ "$status" -ne 0 ]; then
    echo "pip-audit could not ask its service (status $status); known weaknesses of dependencies were NOT looked for."
elif [ "$unasked" -gt 0 ]; then
    echo "pip-audit: no known weakness found, but its service knows nothing of $unasked of $wanted packages here."
else
    echo "pip-audit: no known weakness in $wanted packages."
fi
