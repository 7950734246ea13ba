#!/bin/bash
./helper.sh one
