#!/bin/bash
echo "helper $1"
