"""Pages: conversion and payments across borders."""
